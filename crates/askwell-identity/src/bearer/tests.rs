mod good;
mod hostile;
mod planted;
mod rotation;

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::*;
use crate::testing::{Signer, World};

const ISSUER: &str = "https://idp.example";
const AUDIENCE: &str = "askwell";
const JWKS: &str = "https://idp.example/jwks";
/// 2027-01-15T08:00:00Z.
const NOW: i64 = 1_800_000_000;
const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
/// A key of 1024 bits, whose private half signed the token of it in `hostile`.
const WEAK_MODULUS: &str = "uUPlmrn6BORQckL4dWnUqrjCcjfgQQ04Rut2UBy12NvxQHhfXNLi3_itGh267VBsYJ-lFeij4Tb3RyfsvAryabCnOzuWSopqHkKDViu-gMHq-rixSIAgtCy67VhcigSQ_W7Iu6qVEAACwaCzqYNA85j6E3tYi_D45frA99Xd0Bc";

/// Everybody who signs. One RSA key: making one takes its time.
struct Cast {
    rsa: Signer,
    p256: Signer,
    ed25519: Signer,
    /// Published, for encryption.
    encrypting: Signer,
    /// Published, for signing and not for verifying.
    signing: Signer,
    /// Published with a word that no JWK may have.
    leaked: Signer,
    /// Not published.
    stranger: Signer,
    shared: Signer,
}

static CAST: LazyLock<Cast> = LazyLock::new(|| Cast {
    rsa: Signer::rsa("r1"),
    p256: Signer::p256("e1"),
    ed25519: Signer::ed25519("d1"),
    encrypting: Signer::p256("enc"),
    signing: Signer::p256("sign-only"),
    leaked: Signer::p256("leaked"),
    stranger: Signer::p256("e1"),
    shared: Signer::shared(SECRET),
});

/// What the issuer publishes.
fn published() -> Value {
    json!({"keys": [
        CAST.rsa.published_with(&json!({"use": "sig", "alg": "RS256"})),
        CAST.p256.published_with(&json!({"key_ops": ["verify"]})),
        CAST.ed25519.jwk,
        CAST.encrypting.published_with(&json!({"use": "enc"})),
        CAST.signing.published_with(&json!({"key_ops": ["sign"]})),
        CAST.rsa.published_with(&json!({"kid": "pss", "alg": "PS256"})),
        CAST.leaked.published_with(&json!({"d": "AAAA"})),
        {"kty": "RSA", "kid": "weak", "n": WEAK_MODULUS, "e": "AQAB"},
        {"kty": "oct", "kid": "oct", "k": crate::testing::b64(SECRET)},
        {"kty": "future", "kid": "future"},
        7,
    ]})
}

/// A verifier by published keys, and one by the shared secret.
fn verifiers() -> (JwtVerifier, JwtVerifier) {
    let world = World::new();
    world.publish(JWKS, &published());
    let by = |keys| JwtOptions { keys, issuer: Some(ISSUER.into()), audience: Some(AUDIENCE.into()), groups: None };
    let public = JwtVerifier::new(by(TokenKeys::Published(JWKS.parse().unwrap())), Arc::clone(&world) as _).unwrap();
    (public, JwtVerifier::new(by(TokenKeys::Secret(SECRET.to_vec())), world).unwrap())
}

/// Claims as they should be, but for some.
fn claims(changed: &Value) -> Value {
    let mut claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "u-1", "exp": NOW + 600, "iat": NOW});
    for (name, value) in changed.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

#[test]
fn only_keys_that_may_verify_are_used() {
    assert_eq!(KeySet::read(published().to_string().as_bytes()).unwrap().ids(), ["r1", "e1", "d1"]);
    for document in ["", "[]", "{}", r#"{"keys": {}}"#, r#"{"keys": [], "keys": []}"#] {
        assert!(KeySet::read(document.as_bytes()).is_err(), "{document}");
    }
}

#[test]
fn what_is_configured_must_bound_who_is_let_in() {
    let options = |keys, issuer: Option<&str>| JwtOptions {
        keys,
        issuer: issuer.map(Into::into),
        audience: Some(AUDIENCE.into()),
        groups: None,
    };
    let start = |options| JwtVerifier::new(options, World::new()).err();
    let short = options(TokenKeys::Secret(vec![7; 31]), None);
    assert!(!format!("{short:?}").contains("7, 7"), "{short:?}");
    assert_eq!(start(short), Some(JwtStartError::ShortSecret(31)));
    assert_eq!(start(options(TokenKeys::Secret(vec![7; 32]), None)), None);
    assert_eq!(start(options(TokenKeys::Published(JWKS.parse().unwrap()), None)), Some(JwtStartError::Unbounded));
    assert_eq!(start(options(TokenKeys::Published(JWKS.parse().unwrap()), Some(ISSUER))), None);
}
