//! A signed token's form: three parts, read strictly, before any key is touched.
//!
//! Invariant: what two readers could take differently is refused here:
//! duplicate names, Base64 with other spellings, a header that brings a key
//! along or demands what we do not know. Neighbours: [`crate::keys`] verifies
//! what came through; [`crate::claims`] reads what it says.

use askwell_core::json;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// The longest token that is read at all.
pub(crate) const MAX_TOKEN: usize = 16 * 1024;
/// The longest header, decoded.
pub(crate) const MAX_HEADER: usize = 4 * 1024;
/// The longest name of a key.
pub(crate) const MAX_KEY_ID: usize = 256;

/// Header fields by which a token would choose its own key, or ask for rules that are not ours.
const FORBIDDEN: [&str; 10] = ["jku", "jwk", "x5u", "x5c", "crit", "b64", "cty", "zip", "enc", "epk"];

/// The types of token that stand for a person. A logout token or a proof of possession is none.
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

/// A token's parts, none of them believed yet.
#[derive(Debug)]
pub(crate) struct Jws<'t> {
    /// What the header says the algorithm is. Compared with the key's, never obeyed.
    pub(crate) algorithm: String,
    /// Which key it says it was signed with.
    pub(crate) key: Option<String>,
    /// What it says.
    pub(crate) claims: Map<String, Value>,
    /// What was signed.
    pub(crate) signed: &'t str,
    /// The signature, in Base64.
    pub(crate) signature: &'t str,
}

/// Takes a token apart.
pub(crate) fn parse(token: &str) -> Result<Jws<'_>, String> {
    if token.len() > MAX_TOKEN {
        return Err(format!("the token has {} bytes, more than {MAX_TOKEN}", token.len()));
    }
    let parts: Vec<&str> = token.split('.').collect();
    let &[header, claims, signature] = parts.as_slice() else {
        return Err(match parts.len() {
            5 => "the token is encrypted; only signed ones are read".into(),
            count => format!("the token has {count} parts; a signed one has 3"),
        });
    };
    let signed = &token[..header.len() + 1 + claims.len()];
    let header = decode(header, "header")?;
    if header.len() > MAX_HEADER {
        return Err(format!("the token's header has {} bytes, more than {MAX_HEADER}", header.len()));
    }
    let header = object(&header, "header")?;
    let (algorithm, key) = read_header(&header)?;
    if decode(signature, "signature")?.is_empty() {
        return Err("the token has no signature".into());
    }
    let claims = object(&decode(claims, "claims")?, "claims")?;
    Ok(Jws { algorithm, key, claims, signed, signature })
}

fn read_header(header: &Map<String, Value>) -> Result<(String, Option<String>), String> {
    if let Some(name) = FORBIDDEN.iter().find(|name| header.contains_key(**name)) {
        return Err(format!("the token's header holds `{name}`, which is never obeyed"));
    }
    let Some(algorithm) = header.get("alg").and_then(Value::as_str) else {
        return Err("the token's header names no algorithm".into());
    };
    match header.get("typ") {
        None => {}
        Some(Value::String(kind)) if TYPES.contains(&kind.to_ascii_lowercase().as_str()) => {}
        Some(_) => return Err("the token's `typ` is not that of a token for signing in".into()),
    }
    let key = match header.get("kid") {
        None => None,
        Some(Value::String(id)) if !id.is_empty() && id.len() <= MAX_KEY_ID => Some(id.clone()),
        Some(_) => return Err(format!("the token's `kid` is not a text of 1 to {MAX_KEY_ID} bytes")),
    };
    Ok((algorithm.to_owned(), key))
}

/// Base64 in its one canonical spelling: no padding, no stray bits.
pub(crate) fn decode(part: &str, what: &str) -> Result<Vec<u8>, String> {
    URL_SAFE_NO_PAD.decode(part).map_err(|error| format!("the token's {what} is not canonical Base64: {error}"))
}

fn object(bytes: &[u8], what: &str) -> Result<Map<String, Value>, String> {
    match json::parse(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(format!("the token's {what} is no JSON object")),
        Err(error) => Err(format!("the token's {what} is no JSON that can be relied on: {error}")),
    }
}
