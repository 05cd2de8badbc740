//! Documents that an identity provider publishes: a JWK set, and what a provider says of itself.
//!
//! Holds: whatever is published, a token with a signature that nobody made is
//! refused, with every algorithm; and whoever signs in is sent to where the
//! document says, or nowhere.

use std::sync::Arc;

use askwell_app::ports::{
    BearerClaims, BearerTokens as _, Delivery, FetchError, FetchRequest, Fetched, Permission, Sender, Sent, SignInError,
};
use askwell_identity::{JwtOptions, JwtVerifier, TokenKeys};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use url::Url;

use crate::world::block_on;
use crate::{Broken, Target, Verdict};

/// The target.
pub const TARGET: Target = Target {
    name: "jwks",
    run,
    words: &[
        "{\"keys\":[{",
        "\"kty\":\"RSA\"",
        "\"kty\":\"EC\"",
        "\"kty\":\"OKP\"",
        "\"kty\":\"oct\"",
        "\"crv\":\"P-256\"",
        "\"crv\":\"Ed25519\"",
        "\"kid\":\"k\"",
        "\"n\":\"",
        "\"e\":\"AQAB\"",
        "\"x\":\"",
        "\"y\":\"",
        "\"k\":\"",
        "\"alg\":",
        "\"use\":\"enc\"",
        "\"key_ops\":[\"verify\"]",
    ],
    bounded: 500,
};

const ALGORITHMS: [&str; 6] = ["RS256", "ES256", "EdDSA", "HS256", "none", "ES384"];

/// Publishes the same document everywhere.
struct Publisher(Vec<u8>);

#[async_trait]
impl Sender for Publisher {
    async fn send(&self, _: &Delivery) -> Sent {
        Sent::Failed { reason: "nothing is delivered here".to_owned() }
    }

    async fn permission(&self, _: &str) -> Permission {
        Permission::Allowed
    }

    async fn fetch(&self, _: FetchRequest) -> Result<Fetched, FetchError> {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Ok(Fetched { status: 200, headers, body: self.0.clone() })
    }
}

fn run(bytes: &[u8]) -> Verdict {
    let url = Url::parse("https://idp.example/keys").map_err(|error| Broken(error.to_string()))?;
    let (issuer, audience) = (Some("https://idp.example".to_owned()), Some("askwell".to_owned()));
    let options = JwtOptions { keys: TokenKeys::Published(url), issuer, audience, groups: None };
    let publisher = Arc::new(Publisher(bytes.to_vec()));
    let verifier = JwtVerifier::new(options, publisher).map_err(|error| Broken(error.to_string()))?;
    let claims = r#"{"iss":"https://idp.example","aud":"askwell","sub":"mei","exp":4102444800}"#;
    for algorithm in ALGORITHMS {
        let header = format!(r#"{{"alg":"{algorithm}","kid":"k"}}"#);
        let length = if algorithm == "RS256" { 256 } else { 64 };
        let parts = [header.as_bytes(), claims.as_bytes(), &vec![1; length]].map(|part| URL_SAFE_NO_PAD.encode(part));
        judge(algorithm, &block_on(verifier.verify(&parts.join("."), Timestamp::UNIX_EPOCH))?)?;
    }
    Ok(())
}

/// What must hold of a token with a signature that nobody made.
///
/// # Errors
/// [`Broken`]
pub fn judge(algorithm: &str, result: &Result<BearerClaims, SignInError>) -> Verdict {
    match result {
        Ok(taken) => {
            Err(Broken(format!("{algorithm}: {:?} is let in by a signature of nobody's", taken.identity.subject)))
        }
        Err(SignInError::Refused(reason) | SignInError::Unavailable(reason)) => {
            crate::hold!(!reason.is_empty(), "refused without a reason");
            Ok(())
        }
    }
}
