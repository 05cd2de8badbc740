//! Whether an ID token is for us, now, and for this very departure.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha512};

use crate::claims;
use crate::jws::Jws;

/// What it has to say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    pub(super) access_token: &'a str,
}

/// Judges a token whose signature holds.
pub(super) fn judge(token: &Jws<'_>, expected: Expected<'_>, now: Timestamp) -> Result<(), String> {
    let claims = &token.claims;
    let by_and_for = claims::Expected { issuer: Some(expected.issuer), audience: Some(expected.client) };
    claims::judge(claims, by_and_for, now)?;
    claims::subject(claims)?;
    if claims.get("nonce").and_then(Value::as_str) != Some(expected.nonce) {
        return Err("the ID token's `nonce` is not the one that was sent".into());
    }
    let is_shared = claims.get("aud").and_then(Value::as_array).is_some_and(|list| list.len() > 1);
    match claims.get("azp") {
        Some(party) if party == expected.client => {}
        None if !is_shared => {}
        other => return Err(format!("the ID token was issued to {other:?}, expected {:?}", expected.client)),
    }
    match claims.get("at_hash") {
        None => Ok(()),
        Some(hash) if *hash == half_hash(&token.algorithm, expected.access_token) => Ok(()),
        Some(_) => Err("the ID token came with another access token".into()),
    }
}

/// The left half of the hash that belongs to the signature's algorithm.
fn half_hash(algorithm: &str, access_token: &str) -> String {
    let hash = match algorithm {
        "EdDSA" | "Ed25519" => Sha512::digest(access_token).to_vec(),
        _ => Sha256::digest(access_token).to_vec(),
    };
    URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specification_s_example() {
        // OpenID Connect Core, A.3.
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(half_hash("RS256", token), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
