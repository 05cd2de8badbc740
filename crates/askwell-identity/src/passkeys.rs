//! Passkeys: registering one, and an assertion that signs an answer.
//!
//! Invariant: the challenge of an assertion is the answer itself
//! (`passkeys/challenge.rs`), so what is signed is what was shown, and nothing
//! else can be made of the signature. What the browser brings back as `state`
//! is compared, never believed: session, answer and credentials are the
//! caller's. Presence and verification of the person are demanded, always.
//!
//! Neighbours: the use cases keep credentials, seal the state of a
//! registration, and see to it that a nonce counts once.

mod challenge;
mod origin;
#[cfg(test)]
mod tests;

use std::fmt;

use askwell_app::ports::{Passkeys, SignInError, Signed};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Uuid,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use self::challenge::challenge;
pub use self::origin::PasskeyStartError;

/// More than any browser sends for one credential.
const MAX_CREDENTIAL: usize = 64 * 1024;

/// Passkeys for the page at one name.
pub struct WebauthnPasskeys {
    webauthn: Webauthn,
    relying_party: String,
}

impl fmt::Debug for WebauthnPasskeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebauthnPasskeys").field("relying_party", &self.relying_party).finish_non_exhaustive()
    }
}

impl WebauthnPasskeys {
    /// Passkeys for a page at these origins. The name of the first is what passkeys are bound to for ever; the others
    /// are the same name, or below it.
    ///
    /// # Errors
    /// [`PasskeyStartError`]: browsers would refuse every passkey there.
    pub fn new(origins: &[Url], title: &str) -> Result<Self, PasskeyStartError> {
        let relying_party = origin::relying_party(origins)?;
        let first = origins.first().ok_or(PasskeyStartError::Nowhere)?;
        let refused = |_| PasskeyStartError::Foreign { origin: first.to_string(), name: relying_party.clone() };
        let builder = WebauthnBuilder::new(&relying_party, first).map_err(refused)?.rp_name(title);
        let builder = origins.iter().skip(1).fold(builder, WebauthnBuilder::append_allowed_origin);
        let webauthn = builder.build().map_err(refused)?;
        Ok(Self { webauthn, relying_party })
    }

    /// An authentication by `existing` whose challenge is `challenge`.
    fn authentication(
        &self,
        existing: &[String],
        challenge: &[u8; 32],
    ) -> Result<(Value, PasskeyAuthentication), SignInError> {
        let existing = passkeys(existing)?;
        if existing.is_empty() {
            return Err(refused("there is no passkey to sign with"));
        }
        let started = self.webauthn.start_passkey_authentication(&existing);
        let (options, state) = started.map_err(|error| refused(format!("no assertion can be asked for: {error}")))?;
        // The library only makes challenges of its own; its serialised state is where ours goes in.
        let (mut options, mut state) = (to_value(&options)?, to_value(&state)?);
        replace(&mut options, "/publicKey/challenge", challenge)?;
        replace(&mut state, "/ast/challenge", challenge)?;
        let options = options.get_mut("publicKey").map(Value::take).unwrap_or_default();
        let state = serde_json::from_value(state).map_err(|error| refused(error.to_string()))?;
        Ok((options, state))
    }
}

impl Passkeys for WebauthnPasskeys {
    fn register(&self, login: &str, name: &str, existing: &[String]) -> Result<(String, String), SignInError> {
        let known = passkeys(existing)?.iter().map(|passkey| passkey.cred_id().clone()).collect();
        let started = self.webauthn.start_passkey_registration(user(login), login, name, Some(known));
        let (options, state) = started.map_err(|error| refused(format!("no passkey can be asked for: {error}")))?;
        let options = to_value(&options)?.get_mut("publicKey").map(Value::take).unwrap_or_default();
        Ok((options.to_string(), to_value(&state)?.to_string()))
    }

    fn registered(&self, state: &str, credential: &str) -> Result<(String, String), SignInError> {
        let state: PasskeyRegistration = read(state, "state")?;
        let credential: RegisterPublicKeyCredential = read(credential, "credential")?;
        same_origin(&credential.response.client_data_json)?;
        let finished = self.webauthn.finish_passkey_registration(&credential, &state);
        kept(&finished.map_err(|error| refused(format!("the passkey is not taken: {error}")))?)
    }

    fn challenge(&self, existing: &[String], what: &Signed, nonce: &[u8; 32]) -> Result<(String, String), SignInError> {
        let challenge = challenge(what, nonce);
        let (options, _) = self.authentication(existing, &challenge)?;
        Ok((options.to_string(), json!({"challenge": URL_SAFE_NO_PAD.encode(challenge)}).to_string()))
    }

    fn asserted(
        &self,
        state: &str,
        existing: &[String],
        what: &Signed,
        nonce: &[u8; 32],
        credential: &str,
    ) -> Result<(String, String), SignInError> {
        let challenge = challenge(what, nonce);
        let asked: Value = read(state, "state")?;
        if asked.get("challenge") != Some(&URL_SAFE_NO_PAD.encode(challenge).into()) {
            return Err(refused("the assertion was asked for something else"));
        }
        let (_, state) = self.authentication(existing, &challenge)?;
        let credential: PublicKeyCredential = read(credential, "credential")?;
        same_origin(&credential.response.client_data_json)?;
        let finished = self.webauthn.finish_passkey_authentication(&credential, &state);
        let result = finished.map_err(|error| refused(format!("the assertion does not hold: {error}")))?;
        if !result.user_verified() {
            return Err(refused("the passkey did not verify who used it"));
        }
        let used = passkeys(existing)?.into_iter().find(|passkey| passkey.cred_id() == result.cred_id());
        let mut used = used.ok_or_else(|| refused("the assertion is by another passkey"))?;
        used.update_credential(&result);
        kept(&used)
    }
}

/// Puts our challenge where the library's is; if it is not there, an assertion would sign nothing of ours.
fn replace(within: &mut Value, at: &str, challenge: &[u8; 32]) -> Result<(), SignInError> {
    let place = within.pointer_mut(at).filter(|place| place.is_string());
    let place = place.ok_or_else(|| refused(format!("the library keeps its challenge elsewhere than at {at}")))?;
    *place = URL_SAFE_NO_PAD.encode(challenge).into();
    Ok(())
}

/// A passkey's id and what is kept of it.
fn kept(passkey: &Passkey) -> Result<(String, String), SignInError> {
    Ok((URL_SAFE_NO_PAD.encode(passkey.cred_id()), to_value(passkey)?.to_string()))
}

fn passkeys(kept: &[String]) -> Result<Vec<Passkey>, SignInError> {
    kept.iter().map(|text| read(text, "stored passkey")).collect()
}

/// The same for the same login, so that an authenticator replaces and does not collect.
fn user(login: &str) -> Uuid {
    let hash: [u8; 32] = Sha256::digest(format!("askwell passkey user v1\0{login}")).into();
    Uuid::from_bytes(std::array::from_fn(|at| hash[at]))
}

/// That the page itself asked, and not one that has it in a frame. The library does not look.
fn same_origin(client_data: &[u8]) -> Result<(), SignInError> {
    let data = askwell_core::json::parse(client_data).map_err(|error| refused(format!("client data: {error}")))?;
    match data.get("crossOrigin") {
        None | Some(Value::Bool(false)) => Ok(()),
        Some(_) => Err(refused("another page asked for the passkey")),
    }
}

fn read<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, SignInError> {
    if text.len() > MAX_CREDENTIAL {
        return Err(refused(format!("the {what} has {} bytes, more than {MAX_CREDENTIAL}", text.len())));
    }
    serde_json::from_str(text).map_err(|error| refused(format!("the {what} cannot be read: {error}")))
}

fn to_value(what: &impl Serialize) -> Result<Value, SignInError> {
    serde_json::to_value(what).map_err(|error| refused(error.to_string()))
}

fn refused(reason: impl Into<String>) -> SignInError {
    SignInError::Refused(reason.into())
}
