//! For tests: keys that sign, and a world in which documents are published.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use askwell_app::ports::{Delivery, FetchError, FetchRequest, Fetched, Permission, Sender, Sent};
use async_trait::async_trait;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::sync::watch;

/// Base64 as tokens have it.
pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

type Sign = Box<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// A key that signs tokens.
pub(crate) struct Signer {
    /// The algorithm's name.
    pub(crate) algorithm: &'static str,
    /// What is published of it.
    pub(crate) jwk: Value,
    /// The public key in the form in which the naive take it for a secret.
    pub(crate) public: Vec<u8>,
    sign: Sign,
}

impl Signer {
    pub(crate) fn rsa(kid: &str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = pair.public_key().as_ref().to_vec();
        // PKCS#1: …, 256 bytes of modulus, `02 03 01 00 01`.
        let modulus = &public[public.len() - 261..public.len() - 5];
        let jwk = json!({"kty": "RSA", "kid": kid, "n": b64(modulus), "e": "AQAB"});
        let sign = move |message: &[u8]| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
            signature
        };
        Self { algorithm: "RS256", jwk, public, sign: Box::new(sign) }
    }

    pub(crate) fn p256(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let public = pair.public_key().as_ref().to_vec();
        let jwk = json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": b64(&public[1..33]), "y": b64(&public[33..])});
        let sign = move |message: &[u8]| pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec();
        Self { algorithm: "ES256", jwk, public, sign: Box::new(sign) }
    }

    pub(crate) fn ed25519(kid: &str) -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let public = pair.public_key().as_ref().to_vec();
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": b64(&public)});
        Self { algorithm: "EdDSA", jwk, public, sign: Box::new(move |message| pair.sign(message).as_ref().to_vec()) }
    }

    pub(crate) fn shared(secret: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let sign = move |message: &[u8]| hmac::sign(&key, message).as_ref().to_vec();
        Self { algorithm: "HS256", jwk: Value::Null, public: Vec::new(), sign: Box::new(sign) }
    }

    /// The public half with other fields.
    pub(crate) fn published_with(&self, fields: &Value) -> Value {
        let mut jwk = self.jwk.clone();
        jwk.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        jwk
    }

    /// A token of these very texts.
    pub(crate) fn token_of(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", b64(header), b64(claims));
        let signature = b64((self.sign)(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    /// A token as it should be.
    pub(crate) fn token(&self, claims: &Value) -> String {
        let mut header = json!({"alg": self.algorithm, "typ": "JWT"});
        if let Some(kid) = self.jwk.get("kid") {
            header["kid"] = kid.clone();
        }
        self.token_of(&header.to_string(), &claims.to_string())
    }
}

/// Somewhere documents are published.
#[derive(Debug, Default)]
pub(crate) struct World {
    documents: Mutex<HashMap<String, (u16, Vec<u8>)>>,
    asked: Mutex<Vec<FetchRequest>>,
    arrivals: watch::Sender<usize>,
    held: watch::Sender<bool>,
}

impl World {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn publish(&self, url: &str, document: &Value) {
        self.answer(url, 200, &document.to_string());
    }

    pub(crate) fn answer(&self, url: &str, status: u16, body: &str) {
        self.documents.lock().unwrap().insert(url.to_owned(), (status, body.as_bytes().to_vec()));
    }

    pub(crate) fn vanish(&self, url: &str) {
        self.documents.lock().unwrap().remove(url);
    }

    /// How often `url` was asked for.
    pub(crate) fn asked(&self, url: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|request| request.url == url).count()
    }

    /// From now on fetches last until they are let go.
    pub(crate) fn hold(&self) {
        self.held.send_replace(true);
    }

    pub(crate) fn let_go(&self) {
        self.held.send_replace(false);
    }

    /// Waits until so many fetches have begun.
    pub(crate) async fn arrived(&self, count: usize) {
        self.arrivals.subscribe().wait_for(|arrived| *arrived >= count).await.unwrap();
    }
}

#[async_trait]
impl Sender for World {
    async fn send(&self, _: &Delivery) -> Sent {
        unreachable!("nothing is delivered here")
    }

    async fn permission(&self, _: &str) -> Permission {
        Permission::Allowed
    }

    async fn fetch(&self, request: FetchRequest) -> Result<Fetched, FetchError> {
        let url = request.url.clone();
        self.asked.lock().unwrap().push(request);
        self.arrivals.send_modify(|count| *count += 1);
        self.held.subscribe().wait_for(|held| !held).await.unwrap();
        let found = self.documents.lock().unwrap().get(&url).cloned();
        let (status, body) = found.ok_or_else(|| FetchError(format!("nobody answers at {url}")))?;
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Ok(Fetched { status, headers, body })
    }
}
