//! As much of an authenticator, and of the browser around it, as passkeys need.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::testing::b64;

/// What the authenticator, or the browser, says of the moment.
#[derive(Clone, Copy)]
pub(super) struct Flags {
    pub(super) present: bool,
    pub(super) verified: bool,
    pub(super) cross_origin: bool,
}

impl Flags {
    pub(super) const VERIFIED: Self = Self { present: true, verified: true, cross_origin: false };

    fn byte(self) -> u8 {
        u8::from(self.present) | u8::from(self.verified) << 2
    }
}

/// One key pair, and a counter.
pub(super) struct Authenticator {
    pair: EcdsaKeyPair,
    id: [u8; 16],
    counter: AtomicU32,
}

impl Authenticator {
    pub(super) fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let mut id = [0; 16];
        id.copy_from_slice(&pair.public_key().as_ref()[1..17]);
        Self { pair, id, counter: AtomicU32::new(0) }
    }

    /// What a copy of it would do.
    pub(super) fn rewind(&self) {
        self.counter.store(0, Ordering::Relaxed);
    }

    /// `navigator.credentials.create`
    pub(super) fn create(&self, options: &str, origin: &str, flags: Flags) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let client_data = client_data("webauthn.create", &options, origin, flags);
        let mut data = self.data(options["rp"]["id"].as_str().unwrap(), flags.byte() | 0x40);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(self.id);
        data.extend(self.cose());
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        json!({
            "id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": false}},
            "response": {"clientDataJSON": b64(client_data), "attestationObject": b64(object), "transports": ["internal", "hybrid", "smart-card"]},
        })
        .to_string()
    }

    /// `navigator.credentials.get`
    pub(super) fn get(&self, options: &str, origin: &str, flags: Flags) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let client_data = client_data("webauthn.get", &options, origin, flags);
        let data = self.data(options["rpId"].as_str().unwrap_or("localhost"), flags.byte());
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {"clientDataJSON": b64(client_data), "authenticatorData": b64(data), "signature": b64(signature)},
        })
        .to_string()
    }

    /// Authenticator data as far as the counter.
    fn data(&self, relying_party: &str, flags: u8) -> Vec<u8> {
        let counter = self.counter.fetch_add(1, Ordering::Relaxed) + 1;
        let mut data = Sha256::digest(relying_party).to_vec();
        data.push(flags);
        data.extend(counter.to_be_bytes());
        data
    }

    /// The public key as COSE: {1: EC2, 3: ES256, -1: P-256, -2: x, -3: y}.
    fn cose(&self) -> Vec<u8> {
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), x, b"\x22\x58\x20", y].concat()
    }
}

fn client_data(kind: &str, options: &Value, origin: &str, flags: Flags) -> String {
    let challenge = &options["challenge"];
    json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": flags.cross_origin}).to_string()
}
