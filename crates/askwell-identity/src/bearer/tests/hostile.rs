//! Tokens that must not be taken. Each is good but for what its name says.

use super::*;
use crate::testing::b64;

/// Signed with the private half of [`WEAK_MODULUS`].
const WEAK_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6IndlYWsifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwiYXVkIjoiYXNrd2VsbCIsInN1YiI6Im1hbGxvcnkiLCJleHAiOjE4MDAwMDA2MDAsImlhdCI6MTgwMDAwMDAwMH0.hYAIBDAmMWPAeeGrqoD1tf12-j7I53xd96ave3rMaQqrig3CJ-Mx_HvkAkvO-rN2IO5CCYudXa742o3Kt2jsYm3v2TU6yfajX-R7ep51NElHZ-2D5J5yVzUmCL4s9ewFvuvwtdNQaVD2yTIDOjBmZjPeNOYVIQ6v0gRU3maE9x0";

/// Whom a token is shown to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// The verifier by published keys.
    Keys,
    /// The verifier by the shared secret.
    Secret,
}

type Vectors = Vec<(Door, String, String)>;

/// All of them.
pub(super) fn vectors() -> Vectors {
    let mut vectors = Vec::new();
    algorithms(&mut vectors);
    headers(&mut vectors);
    forms(&mut vectors);
    claims_alone(&mut vectors);
    claims_twice(&mut vectors);
    keys(&mut vectors);
    vectors
}

fn header(alg: &str, kid: &str, more: &str) -> String {
    format!(r#"{{"alg":"{alg}","kid":"{kid}"{more}}}"#)
}

/// The public key as naive verifiers keep it.
pub(super) fn pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN RSA PUBLIC KEY-----\n{text}\n-----END RSA PUBLIC KEY-----\n")
}

fn algorithms(vectors: &mut Vectors) {
    let good = claims(&json!({})).to_string();
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = header(alg, "r1", "");
        let unsigned = format!("{}.{}.", b64(&header), b64(&good));
        vectors.push((Door::Keys, format!("alg {alg:?} with a signature"), CAST.rsa.token_of(&header, &good)));
        vectors.push((Door::Keys, format!("alg {alg:?} without a signature"), unsigned.clone()));
        vectors.push((Door::Secret, format!("alg {alg:?} without a signature"), unsigned));
    }
    for (name, kid, secret) in [
        ("RSA", "r1", CAST.rsa.public.clone()),
        ("RSA as PEM", "r1", pem(&CAST.rsa.public).into_bytes()),
        ("RSA as JWK", "r1", CAST.rsa.jwk.to_string().into_bytes()),
        ("P-256", "e1", CAST.p256.public.clone()),
        ("Ed25519", "d1", CAST.ed25519.public.clone()),
        ("nothing", "r1", Vec::new()),
    ] {
        let token = Signer::shared(&secret).token_of(&header("HS256", kid, ""), &good);
        vectors.push((Door::Keys, format!("HS256 with the public key: {name}"), token));
    }
    for (alg, kid, signer) in [
        ("RS384", "r1", &CAST.rsa),
        ("PS256", "r1", &CAST.rsa),
        ("ES256", "r1", &CAST.rsa),
        ("EdDSA", "e1", &CAST.p256),
        ("ES384", "e1", &CAST.p256),
        ("rs256", "r1", &CAST.rsa),
        ("RS256", "e1", &CAST.rsa),
        ("ES256", "d1", &CAST.p256),
    ] {
        let name = format!("alg {alg} for key {kid}, signed by {}", signer.algorithm);
        vectors.push((Door::Keys, name, signer.token_of(&header(alg, kid, ""), &good)));
    }
    for alg in ["HS384", "HS512", "RS256", "hs256"] {
        let token = CAST.shared.token_of(&format!(r#"{{"alg":"{alg}"}}"#), &good);
        vectors.push((Door::Secret, format!("alg {alg} over HS256"), token));
    }
    vectors.push((
        Door::Secret,
        "RS256 where a secret is shared".into(),
        CAST.rsa.token_of(&header("RS256", "r1", ""), &good),
    ));
    vectors.push((
        Door::Keys,
        "HS256 where keys are published".into(),
        CAST.shared.token_of(r#"{"alg":"HS256"}"#, &good),
    ));
}

fn headers(vectors: &mut Vectors) {
    let good = claims(&json!({})).to_string();
    let embedded = format!(r#","jwk":{}"#, CAST.stranger.jwk);
    for (name, more) in [
        ("jku", r#","jku":"https://mallory.example/jwks""#.to_owned()),
        ("x5u", r#","x5u":"https://mallory.example/cert""#.into()),
        ("x5c", r#","x5c":["MIIB"]"#.into()),
        ("jwk", embedded.clone()),
        ("crit", r#","crit":["exp"]"#.into()),
        ("crit, empty", r#","crit":[]"#.into()),
        ("b64 false", r#","b64":false,"crit":["b64"]"#.into()),
        ("b64 false without crit", r#","b64":false"#.into()),
        ("zip", r#","zip":"DEF""#.into()),
        ("cty JWT", r#","cty":"JWT""#.into()),
        ("typ of a logout token", r#","typ":"logout+jwt""#.into()),
        ("typ of a proof", r#","typ":"dpop+jwt""#.into()),
        ("typ a number", r#","typ":7"#.into()),
        ("alg twice", r#","alg":"RS256""#.into()),
        ("kid twice", r#","kid":"r1""#.into()),
        ("alg twice, once escaped", r#","\u0061lg":"none""#.into()),
        ("4 KB and more", format!(r#","x":"{}""#, "x".repeat(4096))),
        ("nesting", format!(r#","x":{}{}"#, "[".repeat(500), "]".repeat(500))),
    ] {
        vectors.push((Door::Keys, format!("header: {name}"), CAST.rsa.token_of(&header("RS256", "r1", &more), &good)));
    }
    let token = CAST.stranger.token_of(&header("ES256", "e1", &embedded), &good);
    vectors.push((Door::Keys, "signed with the key it brings along".into(), token));
    for (name, header) in [
        ("kid of 257 bytes", header("RS256", &"k".repeat(257), "")),
        ("kid of 10 KB", header("RS256", &"k".repeat(10 * 1024), "")),
        ("kid empty", header("RS256", "", "")),
        ("kid a number", r#"{"alg":"RS256","kid":7}"#.into()),
        ("kid a path", header("RS256", "../../../dev/null", "")),
        ("kid a query", header("RS256", "' UNION SELECT 'x", "")),
        ("no kid among many keys", r#"{"alg":"RS256"}"#.into()),
        ("no alg", r#"{"kid":"r1"}"#.into()),
        ("alg a list", r#"{"alg":["RS256"],"kid":"r1"}"#.into()),
        ("a list", r#"["RS256"]"#.into()),
        ("something after it", r#"{"alg":"RS256","kid":"r1"}{}"#.into()),
    ] {
        vectors.push((Door::Keys, format!("header: {name}"), CAST.rsa.token_of(&header, &good)));
    }
}

fn forms(vectors: &mut Vectors) {
    let mut push = |name: &str, token: String| vectors.push((Door::Keys, format!("form: {name}"), token));
    let token = CAST.p256.token(&claims(&json!({})));
    let parts: Vec<&str> = token.split('.').collect();
    let [header, body, signature] = parts.as_slice() else { unreachable!() };
    push("empty signature", format!("{header}.{body}."));
    push("two parts", format!("{header}.{body}"));
    push("four parts", format!("{token}.x"));
    push("five parts, as JWE has", format!("{header}.{body}.{signature}.x.x"));
    push("nothing", String::new());
    push("dots alone", "..".into());
    push("padding", format!("{token}=="));
    push("a space before", format!(" {token}"));
    push("a line break after", format!("{token}\n"));
    push("the other Base64 alphabet", format!("{header}.{body}.+/{}", &signature[2..]));
    // 64 bytes leave 4 bits of the last of 86 characters unused: the character beside it decodes to the same bytes.
    let last = *signature.as_bytes().last().unwrap();
    let twin = char::from(last + 1);
    push("stray bits in the signature", format!("{header}.{body}.{}{twin}", &signature[..signature.len() - 1]));
    push("half a signature", format!("{header}.{body}.{}", &signature[..signature.len() / 2]));
    push("a signature of zeros", format!("{header}.{body}.{}", b64([0; 64])));
    let other = CAST.p256.token(&claims(&json!({"sub": "u-2"})));
    push("another's signature", format!("{header}.{body}.{}", other.rsplit('.').next().unwrap()));
    let admin = b64(claims(&json!({"sub": "admin"})).to_string());
    push("other claims under the signature", format!("{header}.{admin}.{signature}"));
    push("more than 16 KB", CAST.p256.token(&claims(&json!({"x": "x".repeat(16 * 1024)}))));
}

fn claims_alone(vectors: &mut Vectors) {
    for (name, changed) in [
        ("no exp", json!({"exp": null})),
        ("exp 60 s ago", json!({"exp": NOW - 60})),
        ("exp 61 s ago", json!({"exp": NOW - 61})),
        ("exp a text", json!({"exp": (NOW + 600).to_string()})),
        ("exp negative", json!({"exp": -1})),
        ("exp in another age", json!({"exp": u64::MAX})),
        ("exp beyond numbers", json!({"exp": 1e300})),
        ("exp a list", json!({"exp": [NOW + 600]})),
        ("nbf in 61 s", json!({"nbf": NOW + 61})),
        ("nbf a text", json!({"nbf": "never"})),
        ("iat in 61 s", json!({"iat": NOW + 61})),
        ("iat a text", json!({"iat": "now"})),
        ("no sub", json!({"sub": null})),
        ("sub empty", json!({"sub": ""})),
        ("sub a number", json!({"sub": 1})),
        ("sub of 256 bytes", json!({"sub": "s".repeat(256)})),
        ("sub with a zero", json!({"sub": "u\u{0}1"})),
        ("no iss", json!({"iss": null})),
        ("iss another", json!({"iss": "https://mallory.example"})),
        ("iss with a slash", json!({"iss": "https://idp.example/"})),
        ("iss a list", json!({"iss": [ISSUER]})),
        ("no aud", json!({"aud": null})),
        ("aud another", json!({"aud": "other"})),
        ("aud in other letters", json!({"aud": "Askwell"})),
        ("aud a list without us", json!({"aud": ["a", "b"]})),
        ("aud an empty list", json!({"aud": []})),
        ("aud a list with a number", json!({"aud": [AUDIENCE, 7]})),
        ("aud an object", json!({"aud": {AUDIENCE: true}})),
    ] {
        vectors.push((Door::Secret, format!("claims: {name}"), CAST.shared.token(&claims(&changed))));
    }
}

fn claims_twice(vectors: &mut Vectors) {
    let good = claims(&json!({})).to_string();
    let and = |more: &str| format!("{},{more}}}", good.strip_suffix('}').unwrap());
    for (name, text) in [
        ("sub twice", and(r#""sub":"admin""#)),
        ("exp twice", and(r#""exp":9999999999"#)),
        ("aud twice", and(r#""aud":"askwell""#)),
        ("sub twice, once escaped", and(r#""s\u0075b":"admin""#)),
        ("a list", format!("[{good}]")),
        ("not JSON", "sub=u-1".into()),
        ("null", "null".into()),
        ("empty", String::new()),
        ("something after it", format!("{good}{{}}")),
        ("a number of 30 digits", and(r#""x":123456789012345678901234567890"#)),
    ] {
        vectors.push((Door::Secret, format!("claims: {name}"), CAST.shared.token_of(r#"{"alg":"HS256"}"#, &text)));
    }
}

fn keys(vectors: &mut Vectors) {
    let good = claims(&json!({}));
    let text = good.to_string();
    let mut push = |name: &str, token: String| vectors.push((Door::Keys, format!("key: {name}"), token));
    push("a stranger's under a known name", CAST.stranger.token(&good));
    push("one for encryption", CAST.encrypting.token(&good));
    push("one that is not for verifying", CAST.signing.token(&good));
    push("one for another algorithm", CAST.rsa.token_of(&header("RS256", "pss", ""), &text));
    push("one whose private half is published", CAST.leaked.token(&good));
    push("one of 1024 bits", WEAK_TOKEN.into());
    push("a published secret", CAST.shared.token_of(&header("HS256", "oct", ""), &text));
    push("a type nobody knows", CAST.rsa.token_of(&header("RS256", "future", ""), &text));
    push("an unknown name", CAST.rsa.token_of(&header("RS256", "r2", ""), &text));
    push("another's name", CAST.p256.token_of(&header("ES256", "r1", ""), &text));
    vectors.push((Door::Secret, "key: another secret".into(), Signer::shared(&[7; 32]).token(&good)));
    vectors.push((Door::Secret, "key: no secret".into(), Signer::shared(b"").token(&good)));
}

#[tokio::test]
async fn none_is_taken() {
    let (by_keys, by_secret) = verifiers();
    let vectors = vectors();
    let names: std::collections::BTreeSet<_> =
        vectors.iter().map(|(door, name, _)| format!("{door:?} {name}")).collect();
    assert!(vectors.len() >= 60 && names.len() == vectors.len(), "{} names of {}", names.len(), vectors.len());
    for (door, name, token) in &vectors {
        let verifier = if *door == Door::Keys { &by_keys } else { &by_secret };
        let verdict = verifier.verify(token, now()).await;
        assert!(matches!(verdict, Err(SignInError::Refused(_))), "{name}: {verdict:?}");
    }
}

#[tokio::test]
async fn without_a_name_of_our_own_a_token_for_somebody_is_not_for_us() {
    let options = JwtOptions { keys: TokenKeys::Secret(SECRET.to_vec()), issuer: None, audience: None, groups: None };
    let verifier = JwtVerifier::new(options, World::new()).unwrap();
    assert!(verifier.verify(&CAST.shared.token(&claims(&json!({}))), now()).await.is_err());
    assert!(verifier.verify(&CAST.shared.token(&claims(&json!({"aud": null}))), now()).await.is_ok());
}
