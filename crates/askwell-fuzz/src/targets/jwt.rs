//! Signed tokens: header and claims, a line each, and a token as it stands.
//!
//! Holds: nothing that the secret did not sign is taken; what it did sign is
//! taken only with the key's own algorithm, in time, and for somebody by name,
//! by a judgement of this file's own.

use std::sync::Arc;

use askwell_app::ports::{BearerClaims, BearerTokens as _, SignInError};
use askwell_identity::{JwtOptions, JwtVerifier, TokenKeys};
use askwell_testkit::ScriptedSender;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::Value;
use sha2::Sha256;

use crate::world::block_on;
use crate::{Broken, Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target {
    name: "jwt",
    run,
    words: &[
        "{\"alg\":\"HS256\"}\n",
        "{\"alg\":\"none\"}\n",
        "\"alg\":",
        "\"HS256\"",
        "\"typ\":\"JWT\"",
        "\"kid\":\"k\"",
        "\"crit\":[]",
        "\"jwk\":{}",
        "\"exp\":",
        "\"nbf\":",
        "\"iat\":",
        "\"iss\":",
        "\"aud\":",
        "\"sub\":\"mei\"",
        "1767229200",
        "4102444800",
        "1e300",
        "-1",
        "\"groups\":[]",
    ],
    bounded: 2_000,
};

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
/// 2026-01-01, as the tests' clocks.
const NOW: i64 = 1_767_225_600;

fn run(bytes: &[u8]) -> Verdict {
    let options = JwtOptions { keys: TokenKeys::Secret(SECRET.to_vec()), issuer: None, audience: None, groups: None };
    let sender = Arc::new(ScriptedSender::default());
    let verifier = JwtVerifier::new(options, sender).map_err(|error| Broken(error.to_string()))?;
    let now = Timestamp::from_second(NOW).map_err(|error| Broken(error.to_string()))?;
    if let Ok(text) = std::str::from_utf8(bytes) {
        let raw = block_on(verifier.verify(text, now))?;
        hold!(raw.is_err() || is_signed(text), "a token that nobody signed is taken: {text}");
    }
    let mut halves = bytes.splitn(2, |byte| *byte == b'\n');
    let (header, claims) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
    let token = sign(header, claims);
    judge(header, claims, &block_on(verifier.verify(&token, now))?)
}

/// What must hold of the verification of what was signed as it should be.
///
/// # Errors
/// [`Broken`]
pub fn judge(header: &[u8], claims: &[u8], result: &Result<BearerClaims, SignInError>) -> Verdict {
    let taken = match result {
        Ok(taken) => taken,
        Err(SignInError::Refused(reason)) => {
            hold!(!reason.is_empty(), "refused without a reason");
            return Ok(());
        }
        Err(SignInError::Unavailable(reason)) => return Err(Broken(format!("nobody needs to be asked: {reason}"))),
    };
    let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).map_err(|error| Broken(format!("taken: {error}")));
    let (header, claims) = (read(header)?, read(claims)?);
    hold!(header["alg"] == "HS256", "taken with the algorithm {}", header["alg"]);
    for name in ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"] {
        hold!(header.get(name).is_none(), "taken with {name} in its header");
    }
    let expires = claims["exp"].as_f64().ok_or_else(|| Broken(format!("taken without an end: {claims}")))?;
    #[expect(clippy::cast_precision_loss, reason = "seconds of this century")]
    let now = NOW as f64;
    hold!(expires > now - 61.0, "taken although it ended at {expires}");
    for name in ["nbf", "iat"] {
        let begins = claims.get(name).and_then(Value::as_f64).unwrap_or(now);
        hold!(begins <= now + 61.0, "taken although {name} is {begins}");
    }
    hold!(claims.get("aud").is_none(), "taken although it is for {}", claims["aud"]);
    hold!(claims.get("iss").is_none_or(Value::is_string), "taken from {}", claims["iss"]);
    let subject = claims["sub"].as_str();
    hold!(subject == Some(&taken.identity.subject), "{subject:?} is taken for {:?}", taken.identity.subject);
    hold!(subject.is_some_and(|text| !text.is_empty() && !text.contains(char::is_control)), "taken of nobody");
    hold!(taken.identity.email.is_none() || claims["email_verified"] == true, "an address is believed unverified");
    Ok(())
}

/// A token as whoever has the secret makes it.
fn sign(header: &[u8], claims: &[u8]) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = tag(&signed);
    format!("{signed}.{signature}")
}

fn is_signed(token: &str) -> bool {
    token.rsplit_once('.').is_some_and(|(signed, signature)| tag(signed) == signature)
}

fn tag(signed: &str) -> String {
    let tag = Hmac::<Sha256>::new_from_slice(SECRET).map(|mac| mac.chain_update(signed).finalize().into_bytes());
    tag.map(|tag| URL_SAFE_NO_PAD.encode(tag)).unwrap_or_default()
}
