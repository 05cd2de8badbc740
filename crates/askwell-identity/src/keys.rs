//! Keys that verify, each with the one algorithm it is for.
//!
//! Invariant: the algorithm comes from the key: from its `alg`, or from its
//! type where it names none. A key that is for something else, that is weak,
//! or that should never have been published verifies nothing. Neighbours:
//! [`crate::jws`] takes tokens apart; [`crate::published`] fetches sets.

use std::fmt;

use askwell_core::json;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Map, Value};

use crate::jws::{Jws, MAX_KEY_ID};

/// More keys than any provider has at once.
const MAX_KEYS: usize = 64;
/// RSA keys below this can be broken by whoever pays for it.
const MIN_RSA_BITS: usize = 2048;
/// Verifying with one above this costs us more than it costs whoever sends the token.
const MAX_RSA_BITS: usize = 8192;

/// A key that verifies signatures.
#[derive(Clone)]
pub(crate) struct Key {
    id: Option<String>,
    /// As tokens spell it.
    name: &'static str,
    algorithm: Algorithm,
    material: DecodingKey,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).field("algorithm", &self.name).finish_non_exhaustive()
    }
}

impl Key {
    /// A secret shared with whoever signs: HS256.
    pub(crate) fn shared(secret: &[u8]) -> Self {
        Self { id: None, name: "HS256", algorithm: Algorithm::HS256, material: DecodingKey::from_secret(secret) }
    }

    /// A published key, or why it verifies nothing.
    fn published(jwk: &Map<String, Value>) -> Result<Self, String> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let id = match jwk.get("kid") {
            None => None,
            Some(Value::String(id)) if !id.is_empty() && id.len() <= MAX_KEY_ID => Some(id.clone()),
            Some(_) => return Err(format!("its `kid` is not a text of 1 to {MAX_KEY_ID} bytes")),
        };
        if jwk.contains_key("d") || jwk.contains_key("k") {
            return Err("it is a secret, and published".into());
        }
        if jwk.get("use").is_some_and(|purpose| purpose != "sig") {
            return Err("it is not for signatures".into());
        }
        let verifies = |operations: &Value| {
            operations.as_array().is_some_and(|list| list.iter().any(|operation| operation == "verify"))
        };
        if jwk.get("key_ops").is_some_and(|operations| !verifies(operations)) {
            return Err("it is not for verifying".into());
        }
        let (derived, algorithm, material) = match text("kty") {
            Some("RSA") => ("RS256", Algorithm::RS256, rsa(jwk)?),
            Some("EC") => ("ES256", Algorithm::ES256, p256(jwk)?),
            Some("OKP") => ("EdDSA", Algorithm::EdDSA, ed25519(jwk)?),
            other => return Err(format!("its type is {other:?}")),
        };
        let name = match jwk.get("alg") {
            None => derived,
            Some(named) if named == derived => derived,
            // The name that RFC 9864 gives the same algorithm.
            Some(named) if derived == "EdDSA" && named == "Ed25519" => "Ed25519",
            Some(other) => return Err(format!("its algorithm is {other}")),
        };
        Ok(Self { id, name, algorithm, material })
    }

    /// Whether this key signed the token.
    pub(crate) fn verify(&self, token: &Jws<'_>) -> Result<(), String> {
        if token.algorithm != self.name {
            return Err(format!("the token says {:?} where its key is for {}", token.algorithm, self.name));
        }
        match crypto::verify(token.signature, token.signed.as_bytes(), &self.material, self.algorithm) {
            Ok(true) => Ok(()),
            Ok(false) => Err("the signature does not hold".into()),
            Err(error) => Err(format!("the signature cannot be checked: {error}")),
        }
    }
}

/// A number or a coordinate of a key.
fn bytes(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, String> {
    let text = jwk.get(name).and_then(Value::as_str).ok_or_else(|| format!("it has no `{name}`"))?;
    URL_SAFE_NO_PAD.decode(text).map_err(|error| format!("its `{name}` is not canonical Base64: {error}"))
}

fn rsa(jwk: &Map<String, Value>) -> Result<DecodingKey, String> {
    let unsigned = |name| {
        let bytes = bytes(jwk, name)?;
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
        Ok::<_, String>(bytes[start..].to_vec())
    };
    let (modulus, exponent) = (unsigned("n")?, unsigned("e")?);
    let bits = modulus.len() * 8 - modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
        return Err(format!("it has {bits} bits; {MIN_RSA_BITS} to {MAX_RSA_BITS} are taken"));
    }
    let is_sound = exponent.len() <= 4 && exponent.last().is_some_and(|last| last % 2 == 1) && exponent != [1];
    if !is_sound {
        return Err("its exponent is none that is in use".into());
    }
    Ok(DecodingKey::from_rsa_raw_components(&modulus, &exponent))
}

fn p256(jwk: &Map<String, Value>) -> Result<DecodingKey, String> {
    curve(jwk, "P-256")?;
    for name in ["x", "y"] {
        coordinate(jwk, name)?;
    }
    let text = |name: &str| jwk.get(name).and_then(Value::as_str).unwrap_or_default();
    DecodingKey::from_ec_components(text("x"), text("y")).map_err(|error| error.to_string())
}

fn ed25519(jwk: &Map<String, Value>) -> Result<DecodingKey, String> {
    curve(jwk, "Ed25519")?;
    Ok(DecodingKey::from_ed_der(&coordinate(jwk, "x")?))
}

fn curve(jwk: &Map<String, Value>, wanted: &str) -> Result<(), String> {
    if jwk.get("crv").is_some_and(|curve| curve == wanted) { Ok(()) } else { Err(format!("its curve is not {wanted}")) }
}

fn coordinate(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, String> {
    let bytes = bytes(jwk, name)?;
    if bytes.len() == 32 { Ok(bytes) } else { Err(format!("its `{name}` has {} bytes, not 32", bytes.len())) }
}

/// What a provider publishes.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

impl KeySet {
    /// Reads a JWK set. Keys of no use are left out, and the log says why.
    pub(crate) fn read(document: &[u8]) -> Result<Self, String> {
        let document = json::parse(document).map_err(|error| format!("no JSON that can be relied on: {error}"))?;
        let list = document.get("keys").and_then(Value::as_array).ok_or("no list `keys`")?;
        let mut keys = Vec::new();
        for jwk in list.iter().take(MAX_KEYS) {
            match jwk.as_object().ok_or_else(|| "it is no object".to_owned()).and_then(Key::published) {
                Ok(key) => keys.push(key),
                Err(reason) => tracing::info!(kid = ?jwk.get("kid"), reason, "a published key is not used"),
            }
        }
        Ok(Self { keys })
    }

    /// The keys that a token with this `kid` may have been signed with. Without one, the only key there is.
    pub(crate) fn of(&self, id: Option<&str>) -> Vec<&Key> {
        match id {
            Some(_) => self.keys.iter().filter(|key| key.id.as_deref() == id).collect(),
            None if self.keys.len() == 1 => self.keys.iter().collect(),
            None => Vec::new(),
        }
    }

    /// Whether one of the keys signed the token.
    pub(crate) fn verify(&self, token: &Jws<'_>) -> Result<(), String> {
        let mut reason = match &token.key {
            Some(id) => format!("no published key is called {id:?}"),
            None => "the token does not say which of the published keys signed it".into(),
        };
        for key in self.of(token.key.as_deref()) {
            match key.verify(token) {
                Ok(()) => return Ok(()),
                Err(why) => reason = why,
            }
        }
        Err(reason)
    }
}

#[cfg(test)]
impl KeySet {
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.keys.iter().filter_map(|key| key.id.as_deref()).collect()
    }
}
