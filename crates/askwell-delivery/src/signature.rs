//! The secret that callbacks are signed with, and the signature itself
//! (Standard Webhooks, `v1`: HMAC-SHA256 over id, time and body).
//!
//! Invariant: the key is shown only by [`WebhookSecret::reveal`], which exists
//! for the file it is kept in and for `askwell webhook-secret`.
//!
//! Neighbours: `webhook` puts the result into headers.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::TryRng as _;
use rand::rngs::SysRng;
use standardwebhooks::{Webhook, WebhookError};

const PREFIX: &str = "whsec_";
/// What Standard Webhooks asks of a key, in bytes.
const KEY_LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;
const GENERATED_LENGTH: usize = 32;

/// Why a text cannot be a webhook secret. Never contains the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// It does not start with `whsec_`.
    #[error("a webhook secret starts with `whsec_`")]
    Prefix,
    /// What follows is no base64.
    #[error("a webhook secret is `whsec_` and then standard base64 with padding")]
    Base64,
    /// The key is too short or too long.
    #[error("a webhook secret holds 24 to 64 bytes, this one {0}")]
    Length(usize),
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes")]
    NoEntropy,
}

/// The key that callbacks are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// Reads `whsec_…`.
    ///
    /// # Errors
    /// [`InvalidSecret`]: it has another form, or a key that is too short or too long.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(InvalidSecret::Prefix)?;
        let key = STANDARD.decode(encoded).map_err(|_| InvalidSecret::Base64)?;
        if KEY_LENGTHS.contains(&key.len()) { Ok(Self(key)) } else { Err(InvalidSecret::Length(key.len())) }
    }

    /// A new key of 32 bytes from the operating system.
    ///
    /// # Errors
    /// [`InvalidSecret::NoEntropy`].
    pub fn generate() -> Result<Self, InvalidSecret> {
        let mut key = vec![0; GENERATED_LENGTH];
        SysRng.try_fill_bytes(&mut key).map_err(|_| InvalidSecret::NoEntropy)?;
        Ok(Self(key))
    }

    /// The secret as `whsec_…`, for who is to verify signatures with it.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The value of `webhook-signature` for this message at this Unix time in seconds.
    pub(crate) fn sign(&self, id: &str, seconds: i64, body: &str) -> Result<String, WebhookError> {
        Webhook::from_bytes(self.0.clone())?.sign(id, seconds, body.as_bytes())
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// The example of the Standard Webhooks specification's own libraries.
    const KNOWN: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn signs_the_known_example() {
        let secret = WebhookSecret::parse(KNOWN).unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#).unwrap();
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn agrees_with_an_independent_hmac() {
        let secret = WebhookSecret::generate().unwrap();
        let body = r#"{"title":"部署?","n":18446744073709551615}"#;
        let expected = format!("v1,{}", STANDARD.encode(hmac_sha256(&secret.0, format!("id.7.{body}").as_bytes())));
        assert_eq!(secret.sign("id", 7, body).unwrap(), expected);
    }

    /// RFC 2104, by the letter.
    fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
        let padded = |pad: u8| {
            let mut block = [pad; 64];
            block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
            block
        };
        let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
        Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().to_vec()
    }

    #[test]
    fn reads_what_it_reveals() {
        let secret = WebhookSecret::generate().unwrap();
        assert_eq!(WebhookSecret::parse(&secret.reveal()), Ok(secret.clone()));
        assert_ne!(WebhookSecret::generate().unwrap(), secret);
        assert_eq!(WebhookSecret::parse(&format!("{KNOWN}\n")).unwrap().reveal(), KNOWN);
    }

    #[test]
    fn never_shows_the_key() {
        let secret = WebhookSecret::parse(KNOWN).unwrap();
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
    }

    #[test]
    fn refuses_what_is_no_secret() {
        let of = |length: usize| format!("whsec_{}", STANDARD.encode(vec![7; length]));
        assert_eq!(WebhookSecret::parse(""), Err(InvalidSecret::Prefix));
        assert_eq!(WebhookSecret::parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), Err(InvalidSecret::Prefix));
        assert_eq!(WebhookSecret::parse("whsec_"), Err(InvalidSecret::Length(0)));
        assert_eq!(WebhookSecret::parse("whsec_not base64!"), Err(InvalidSecret::Base64));
        assert_eq!(WebhookSecret::parse(&of(23)), Err(InvalidSecret::Length(23)));
        assert_eq!(WebhookSecret::parse(&of(65)), Err(InvalidSecret::Length(65)));
        assert!(WebhookSecret::parse(&of(24)).is_ok());
        assert!(WebhookSecret::parse(&of(64)).is_ok());
    }
}
