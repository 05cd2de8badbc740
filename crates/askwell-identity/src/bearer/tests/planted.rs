//! The table must catch what it is for: verifiers with one well-known fault each.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};

use super::hostile::{Door, pem, vectors};
use super::*;

/// Names of the hostile tokens that `verifier` takes.
fn taken(verifier: impl Fn(Door, &str) -> Option<()>) -> Vec<String> {
    let taken = vectors().into_iter().filter(|(door, _, token)| verifier(*door, token).is_some());
    taken.map(|(_, name, _)| name).collect()
}

#[track_caller]
fn caught(taken: &[String], expected: &[&str]) {
    for name in expected {
        assert!(taken.iter().any(|taken| taken == name), "{name} is not among {taken:#?}");
    }
}

fn header_of(token: &str) -> Option<Value> {
    serde_json::from_slice(&jws::decode(token.split('.').next()?, "header").ok()?).ok()
}

/// The field's library, told to believe this algorithm and this key.
fn believe(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Option<()> {
    let mut rules = Validation::new(algorithm);
    rules.validate_exp = false;
    rules.required_spec_claims.clear();
    rules.set_audience(&[AUDIENCE]);
    jsonwebtoken::decode::<Value>(token, key, &rules).ok().map(drop)
}

/// Does as the header says, and takes "none" for an answer.
fn obeys_the_header(door: Door, token: &str) -> Option<()> {
    let pem = pem(&CAST.rsa.public);
    match (door, header_of(token)?.get("alg")?.as_str()?) {
        (_, "none") => Some(()),
        (Door::Keys, "HS256") => believe(token, &DecodingKey::from_secret(pem.as_bytes()), Algorithm::HS256),
        (Door::Keys, "RS256") => believe(token, &DecodingKey::from_rsa_der(&CAST.rsa.public), Algorithm::RS256),
        (Door::Secret, "HS256") => believe(token, &DecodingKey::from_secret(SECRET), Algorithm::HS256),
        _ => None,
    }
}

/// Verifies with the key that the token brings along.
fn takes_the_key_along(_: Door, token: &str) -> Option<()> {
    let jwk = serde_json::from_value(header_of(token)?.get("jwk")?.clone()).ok()?;
    believe(token, &DecodingKey::from_jwk(&jwk).ok()?, Algorithm::ES256)
}

/// All of our own but the signature.
fn skips_the_signature(_: Door, token: &str) -> Option<()> {
    let token = jws::parse(token).ok()?;
    claims::judge(&token.claims, EXPECTED, now()).ok().map(drop)
}

/// All of our own but what is said.
fn skips_the_claims(door: Door, token: &str) -> Option<()> {
    prove(door, &jws::parse(token).ok()?)
}

/// All of our own but for whom it is.
fn skips_the_audience(door: Door, token: &str) -> Option<()> {
    let mut token = jws::parse(token).ok()?;
    prove(door, &token)?;
    token.claims.insert("aud".into(), AUDIENCE.into());
    claims::judge(&token.claims, EXPECTED, now()).ok()?;
    claims::subject(&token.claims).ok().map(drop)
}

const EXPECTED: Expected<'_> = Expected { issuer: Some(ISSUER), audience: Some(AUDIENCE) };

fn prove(door: Door, token: &Jws<'_>) -> Option<()> {
    let set = KeySet::read(published().to_string().as_bytes()).unwrap();
    match door {
        Door::Keys => set.verify(token).ok(),
        Door::Secret => Key::shared(SECRET).verify(token).ok(),
    }
}

#[test]
fn one_that_obeys_the_header_is_caught() {
    let expected = [
        r#"alg "none" without a signature"#,
        "HS256 with the public key: RSA as PEM",
        "header: jku",
        "header: b64 false without crit",
        "claims: no exp",
        "claims: no sub",
    ];
    caught(&taken(obeys_the_header), &expected);
}

#[test]
fn one_that_takes_the_key_along_is_caught() {
    caught(&taken(takes_the_key_along), &["signed with the key it brings along"]);
}

#[test]
fn one_that_leaves_out_a_step_is_caught() {
    caught(&taken(skips_the_signature), &["form: another's signature", "form: a signature of zeros"]);
    let expected = ["claims: exp 61 s ago", "claims: aud another", "claims: iat in 61 s", "claims: no sub"];
    caught(&taken(skips_the_claims), &expected);
    let without_audience = taken(skips_the_audience);
    caught(&without_audience, &["claims: aud another", "claims: no aud", "claims: aud a list without us"]);
    assert!(without_audience.iter().all(|name| name.contains("aud ") || name.ends_with("aud")), "{without_audience:?}");
}
