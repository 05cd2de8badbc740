//! Passkeys: registering them, and having one sign an answer.
//!
//! What a ceremony must not let out of our hands, which passkeys are allowed
//! and what is signed, waits here for its one return; the browser carries only
//! its name. Neighbours: `ports::Passkeys` knows the protocol.

use std::collections::HashMap;
use std::sync::Mutex;

use askwell_core::access::Action;
use askwell_core::access::secret::secret_text;
use askwell_core::audit::Verdict;
use askwell_core::digest::{ContentHash, canonical};
use askwell_core::ids::SessionId;
use askwell_core::session::StepUp;
use askwell_core::{Code, Finding, Rejection, Session};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::lock;
use crate::app::App;
use crate::caller::{Caller, Method};
use crate::error::{AppError, Noun};
use crate::ports::{PasskeyRow, Passkeys, SignInError, Signed};

/// How long ago somebody may have signed in who registers a passkey.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// How long a person may take.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

/// Ceremonies that may be under way, and passkeys of one person.
const MAX_UNDER_WAY: usize = 4_096;
const MAX_PASSKEYS: usize = 20;

/// The longest name of a passkey.
const MAX_NAME: usize = 64;

/// A ceremony under way.
struct Ceremony {
    login: String,
    state: String,
    nonce: [u8; 32],
    until: Timestamp,
}

/// Ceremonies under way, by the name that the browser carries.
#[derive(Default)]
pub(crate) struct Ceremonies(Mutex<HashMap<String, Ceremony>>);

impl Ceremonies {
    fn begin(&self, name: String, ceremony: Ceremony, now: Timestamp) {
        let mut all = lock(&self.0);
        if all.len() >= MAX_UNDER_WAY {
            all.retain(|_, ceremony| ceremony.until > now);
        }
        if all.len() >= MAX_UNDER_WAY {
            all.clear();
        }
        all.insert(name, ceremony);
    }

    /// Once: what has come back does not come back again.
    fn end(&self, name: &str, login: &str, now: Timestamp) -> Option<Ceremony> {
        lock(&self.0).remove(name).filter(|ceremony| ceremony.login == login && ceremony.until > now)
    }
}

impl App {
    /// Whether passkeys can be used at all.
    #[must_use]
    pub fn has_passkeys(&self) -> bool {
        self.needs_sign_in() && self.inner.passkeys.is_some()
    }

    fn passkeys_port(&self) -> Result<&dyn Passkeys, AppError> {
        self.inner.passkeys.as_deref().ok_or(AppError::NotFound(Noun::Passkey))
    }

    /// The caller's own passkeys, oldest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for anybody but people, and those of the store.
    pub async fn passkeys(&self, caller: &Caller) -> Result<Vec<PasskeyRow>, AppError> {
        Ok(self.inner.store.passkeys(Self::own_login(caller)?).await?)
    }

    /// Goes on only for who has just proved who they are: whoever has got hold of an old cookie must not register a
    /// passkey of their own and sign with it what the cookie alone may not answer.
    async fn require_fresh(&self, caller: &Caller) -> Result<(), AppError> {
        let credential = caller.credential.as_ref().ok_or(AppError::Unauthenticated)?;
        if credential.method == Method::Basic {
            return Ok(());
        }
        let logins = self.inner.store.logins(Self::own_login(caller)?).await?;
        let own = logins.into_iter().find(|login| Some(login.id) == credential.standing.login);
        let is_fresh = own.is_some_and(|login| self.now().duration_since(login.created_at) < FRESH);
        if is_fresh { Ok(()) } else { Err(AppError::SignInAgain) }
    }

    /// Begins to register a passkey: options for the browser, and the name to come back under.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there are none, [`AppError::SignInAgain`], and those of the store.
    pub async fn begin_passkey(&self, caller: &Caller) -> Result<(Value, String), AppError> {
        let port = self.passkeys_port()?;
        self.require_fresh(caller).await?;
        let account = self.own_account(caller).await?;
        let existing = self.passkeys(caller).await?;
        if existing.len() >= MAX_PASSKEYS {
            let finding = Finding::new("", Code::TooMany).with("limit", MAX_PASSKEYS).with("actual", existing.len());
            return Err(AppError::Invalid(vec![finding]));
        }
        let data: Vec<String> = existing.into_iter().map(|row| row.data).collect();
        let (options, state) = port.register(&account.login, &account.name, &data).map_err(ceremony_error)?;
        self.under_way(&account.login, &options, state, [0; 32])
    }

    /// Registers what the browser made.
    ///
    /// # Errors
    /// [`AppError::StepUpFailed`] for what does not hold, [`AppError::Invalid`], and those of the store.
    pub async fn finish_passkey(
        &self,
        caller: &Caller,
        name: &str,
        ceremony: &str,
        credential: &str,
    ) -> Result<PasskeyRow, AppError> {
        let login = Self::own_login(caller)?.to_owned();
        if name.chars().count() > MAX_NAME {
            let finding = Finding::new("/name", Code::TooLong).with("limit", MAX_NAME).with("unit", "characters");
            return Err(AppError::Invalid(vec![finding.with("actual", name.chars().count())]));
        }
        let begun = self.inner.ceremonies.end(ceremony, &login, self.now()).ok_or(AppError::StepUpFailed)?;
        let registered = self.passkeys_port()?.registered(&begun.state, credential);
        let (id, data) = registered.map_err(ceremony_error)?;
        let now = self.now();
        let row = PasskeyRow { id, login, name: name.to_owned(), data, created_at: now, last_used_at: None };
        let mut audit = caller.audit(now, "passkey.registered", Verdict::Done);
        audit.subject = Some(row.id.clone());
        self.inner.store.save_passkey(row.clone(), caller.by(audit)).await?;
        Ok(row)
    }

    /// Removes one of the caller's own passkeys.
    ///
    /// # Errors
    /// [`AppError::NotFound`], and those of the store.
    pub async fn remove_passkey(&self, caller: &Caller, id: &str) -> Result<(), AppError> {
        let login = Self::own_login(caller)?;
        let mut audit = caller.audit(self.now(), "passkey.removed", Verdict::Done);
        audit.subject = Some(id.to_owned());
        let removed = self.inner.store.remove_passkey(login, id, caller.by(audit)).await?;
        if removed { Ok(()) } else { Err(AppError::NotFound(Noun::Passkey)) }
    }

    /// Begins to have an answer signed by one of the caller's passkeys.
    ///
    /// # Errors
    /// Those of [`App::respond`], as far as they are known before; [`AppError::NotFound`] where the caller has no passkey.
    pub async fn begin_step_up(
        &self,
        caller: &Caller,
        id: SessionId,
        response: &Value,
        content_hash: String,
    ) -> Result<(Value, String), AppError> {
        let session = self.readable(caller, id).await?.session;
        self.require(caller, Action::Respond, Some(&session))?;
        if ContentHash(content_hash) != session.opened.content_hash {
            return Err(Rejection::ContentChanged.into());
        }
        let what = self.signed(&session, response).await?;
        let login = Self::own_login(caller)?.to_owned();
        let data = self.passkey_data(&login).await?;
        let nonce = self.inner.ids.secret();
        let (options, state) = self.passkeys_port()?.challenge(&data, &what, &nonce).map_err(ceremony_error)?;
        self.under_way(&login, &options, state, nonce)
    }

    /// What a passkey's signature of the answer says, if it holds; nothing where none is asked for.
    pub(crate) async fn assertion(
        &self,
        caller: &Caller,
        session: &Session,
        response: &Value,
        given: &(String, String),
    ) -> Result<Option<Value>, AppError> {
        // A closed session says what it says to everybody; a repeat needs no second signature.
        if session.opened.step_up != Some(StepUp::Passkey) || session.status.is_closed() {
            return Ok(None);
        }
        let (ceremony, credential) = given;
        let login = Self::own_login(caller)?.to_owned();
        let begun = self.inner.ceremonies.end(ceremony, &login, self.now()).ok_or(AppError::StepUpFailed)?;
        let what = self.signed(session, response).await?;
        let rows = self.inner.store.passkeys(&login).await?;
        let data: Vec<String> = rows.iter().map(|row| row.data.clone()).collect();
        let asserted = self.passkeys_port()?.asserted(&begun.state, &data, &what, &begun.nonce, credential);
        let (id, data) = match asserted {
            Ok(asserted) => asserted,
            Err(error) => {
                let mut entry = caller.audit(self.now(), "step_up.refused", Verdict::Refused);
                entry.session = Some(session.id());
                entry.version = Some(session.version);
                entry.detail.insert("reason".to_owned(), error.to_string().into());
                self.record_later(entry);
                return Err(ceremony_error(error));
            }
        };
        let row = rows.into_iter().find(|row| row.id == id).ok_or(AppError::StepUpFailed)?;
        let mut audit = caller.audit(self.now(), "passkey.used", Verdict::Done);
        audit.session = Some(session.id());
        audit.subject = Some(id.clone());
        let used = PasskeyRow { data, last_used_at: Some(self.now()), ..row };
        self.inner.store.save_passkey(used, caller.by(audit)).await?;
        let credential: Value = serde_json::from_str(credential).unwrap_or_default();
        let nonce = secret_text(&begun.nonce);
        Ok(Some(json!({ "passkey": id, "version": what.version, "nonce": nonce, "credential": credential })))
    }

    async fn signed(&self, session: &Session, response: &Value) -> Result<Signed, AppError> {
        let files = if response.get("files").is_some() { self.file_facts(session.id()).await? } else { Vec::new() };
        let interaction = session.opened.interaction.interaction().map_err(AppError::Unavailable)?;
        let checked = interaction.check(response, &files, "/response").map_err(AppError::Invalid)?;
        Ok(Signed {
            session: session.id().to_string(),
            version: session.version.0,
            content_hash: session.opened.content_hash.clone(),
            answer: canonical(&checked.data),
        })
    }

    async fn passkey_data(&self, login: &str) -> Result<Vec<String>, AppError> {
        let data: Vec<String> = self.inner.store.passkeys(login).await?.into_iter().map(|row| row.data).collect();
        if data.is_empty() { Err(AppError::NotFound(Noun::Passkey)) } else { Ok(data) }
    }

    fn under_way(
        &self,
        login: &str,
        options: &str,
        state: String,
        nonce: [u8; 32],
    ) -> Result<(Value, String), AppError> {
        let options = serde_json::from_str(options).map_err(|error| AppError::Unavailable(error.to_string()))?;
        let name = secret_text(&self.inner.ids.secret());
        let now = self.now();
        let until = now.saturating_add(PATIENCE).unwrap_or(Timestamp::MAX);
        let ceremony = Ceremony { login: login.to_owned(), state, nonce, until };
        self.inner.ceremonies.begin(name.clone(), ceremony, now);
        Ok((options, name))
    }
}

fn ceremony_error(error: SignInError) -> AppError {
    match error {
        SignInError::Refused(reason) => {
            tracing::debug!(reason, "a passkey does not hold");
            AppError::StepUpFailed
        }
        SignInError::Unavailable(reason) => AppError::Unavailable(reason),
    }
}
