//! Opening, reading, answering and closing sessions.
//!
//! Neighbours: `sessions/change.rs` is how each change of one is made.

mod change;

use std::time::Duration;

use askwell_core::access::{Action, Principal, may_open};
use askwell_core::digest::{ContentHash, body_hash};
use askwell_core::ids::{SessionId, Version};
use askwell_core::interaction::FileFact;
use askwell_core::session::{Answer, Command, Takeover};
use askwell_core::{Change, Draft, Finding, Findings, Session};
use jiff::Timestamp;
use serde_json::Value;

use crate::app::App;
use crate::attempts::AttemptLink;
use crate::caller::Caller;
use crate::error::AppError;
use crate::limits::Allowance;
use crate::ports::{
    BodyHash, Commit, DeliveryQuery, DeliveryState, IdempotencyKey, Lane, Permission, SessionPage, SessionQuery,
    StoreError, StoredEvent, StoredSession,
};
use crate::reviews;

pub(crate) use self::change::By;
use self::change::audit_of;

/// How long opening a session may be held up by looking at its callback's address.
const PERMISSION_PATIENCE: Duration = Duration::from_millis(300);

/// A create as it came in.
#[derive(Clone, Debug)]
pub struct OpenRequest {
    /// The body.
    pub body: Value,
    /// The key from the transport; it precedes one in the body.
    pub idempotency_key: Option<String>,
    /// The requester's own name for a review; it precedes both.
    pub request_id: Option<String>,
    /// Who says to ask; believed only without accounts.
    pub requester: Option<String>,
    /// What a repeat is known by, where the body is not as it was sent; else the body's own hash.
    pub sent: Option<BodyHash>,
}

/// A session that is open now, or was opened by an earlier try of the same create.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The session.
    pub stored: StoredSession,
    /// What was odd about the body.
    pub warnings: Vec<Finding>,
    /// Whether an earlier try had opened it.
    pub repeated: bool,
    /// How often the caller may still ask; nothing where nobody counts.
    pub allowance: Option<Allowance>,
}

/// An answer as it came in.
#[derive(Clone, Debug, Default)]
pub struct RespondRequest {
    /// The payload.
    pub response: Value,
    /// Who says to answer; believed only without accounts.
    pub user_id: Option<String>,
    /// Why.
    pub comment: Option<String>,
    /// What the person saw.
    pub content_hash: Option<String>,
    /// The ceremony and the credential of a passkey that signs it.
    pub assertion: Option<(String, String)>,
}

/// A session after a change.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The session.
    pub stored: StoredSession,
    /// What was odd about the request.
    pub warnings: Vec<Finding>,
}

/// Whether the outcome reached whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PickupState {
    /// Nobody has fetched it, and no callback is owed.
    None,
    /// A callback is owed.
    Pending,
    /// It was picked up.
    Delivered,
    /// The callback was given up.
    Failed,
}

/// Whether, when and by what the outcome was picked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pickup {
    /// Whether.
    pub state: PickupState,
    /// When.
    pub at: Option<Timestamp>,
    /// By `callback` or `waiter`.
    pub by: Option<String>,
}

/// One session with what belongs to it.
#[derive(Clone, Debug)]
pub struct Details {
    /// The session.
    pub stored: StoredSession,
    /// The tries that belong together with this one, oldest first; empty where there is no node.
    pub attempts: Vec<AttemptLink>,
    /// Whether the outcome was picked up.
    pub pickup: Pickup,
    /// Whether somebody waits for the outcome right now.
    pub waiting: bool,
}

impl OpenRequest {
    /// What a repeat is known by, if it is to be.
    fn key(&self, caller: &Caller) -> Option<IdempotencyKey> {
        if let Some(request_id) = &self.request_id {
            return Some(reviews::key(caller, request_id));
        }
        let key = self.idempotency_key.as_deref().or_else(|| self.body["idempotency_key"].as_str())?;
        Some(IdempotencyKey { principal: caller.principal.name(), key: key.to_owned() })
    }

    fn hash(&self) -> BodyHash {
        self.sent.unwrap_or_else(|| body_hash(&self.body))
    }
}

impl App {
    /// Opens a session, or finds the one that the same create opened before.
    ///
    /// # Errors
    /// [`AppError::Invalid`], [`AppError::IdempotencyMismatch`], [`AppError::RateLimited`], [`AppError::TooManyOpen`],
    /// and those of the store.
    pub async fn open(&self, caller: &Caller, request: OpenRequest) -> Result<Opened, AppError> {
        let (mut draft, mut warnings) = match self.read_draft(caller, &request.body) {
            // What could be asked once may be too late to ask now: who repeats it is still owed its answer.
            Err(error @ AppError::Invalid(_)) => return self.opened_before(caller, &request).await?.ok_or(error),
            read => read?,
        };
        let allowance = self.create_allowed(caller)?;
        let inner = &self.inner;
        let key = request.key(caller);
        self.room_for_one_more(caller, key.as_ref()).await?;
        warnings.extend(self.callback_warning(&draft).await);
        let idempotency = key.map(|key| (key, request.hash()));
        draft.request_id = request.request_id;
        if let Principal::Token(token) = &caller.principal {
            draft.requester_token = Some(token.name.clone());
        }
        let now = inner.clock.now();
        let event = askwell_core::open(draft, inner.ids.session(), caller.person(request.requester.as_deref()), &now);
        let Change::Opened(opened) = &event.change else {
            return Err(AppError::Unavailable("opening made no session".to_owned()));
        };
        let session = Session::from_opened(std::sync::Arc::clone(opened));
        warnings.extend(self.party_warnings(&session).await?);
        let audit = audit_of(caller, &session, std::slice::from_ref(&event));
        let commit = Commit {
            standing: caller.credential.clone(),
            audit,
            expected: Version::NONE,
            session: session.clone(),
            events: vec![event],
            deliveries: Vec::new(),
            idempotency,
            files: Vec::new(),
            lane: Lane::Open,
        };
        match inner.store.commit(commit).await {
            Ok(committed) => {
                metrics::counter!("askwell_sessions_opened_total").increment(1);
                let stored = StoredSession { session, cursor: committed.cursor };
                Ok(Opened { stored, warnings, repeated: false, allowance })
            }
            Err(StoreError::KeyTaken { session, same_body: true }) => {
                let stored = self.readable(caller, session).await?;
                Ok(Opened { stored, warnings, repeated: true, allowance })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What the same create opened, if it did.
    async fn opened_before(&self, caller: &Caller, request: &OpenRequest) -> Result<Option<Opened>, AppError> {
        let Some(key) = request.key(caller) else { return Ok(None) };
        let allowance = self.create_allowed(caller)?;
        let known = self.inner.store.keyed(&key).await?.filter(|(_, body)| *body == request.hash());
        let Some((id, _)) = known else { return Ok(None) };
        let stored = self.readable(caller, id).await?;
        Ok(Some(Opened { stored, warnings: Vec::new(), repeated: true, allowance }))
    }

    /// What a create asks for, with what is odd about it. Stores nothing.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::Invalid`].
    pub(crate) fn read_draft(&self, caller: &Caller, body: &Value) -> Result<(Draft, Vec<Finding>), AppError> {
        self.require(caller, Action::Create, None)?;
        let mut findings = Findings::default();
        let draft = Draft::read(body, &self.inner.settings.limits, &mut findings)
            .filter(|_| findings.violations.is_empty())
            .ok_or(AppError::Invalid(findings.violations))?;
        if !may_open(&caller.principal, draft.workflow_id.as_deref()) {
            return Err(AppError::Forbidden);
        }
        Ok((draft, findings.warnings))
    }

    /// Whether the callback may be called as things stand. Looks its host up, so whoever asks is counted first.
    pub(crate) async fn callback_warning(&self, draft: &Draft) -> Option<Finding> {
        let url = draft.callback_url.as_deref()?;
        let judged = tokio::time::timeout(PERMISSION_PATIENCE, self.inner.sender.permission(url)).await;
        match judged {
            Ok(Permission::Refused { reason, setting }) => Some(
                Finding::new("/callback_url", askwell_core::Code::CallbackRefusedByEgress)
                    .with("reason", reason)
                    .with("setting", setting),
            ),
            // A name that takes long to resolve is judged when the callback is due.
            Ok(Permission::Allowed) | Err(_) => None,
        }
    }

    /// One session.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Unavailable`].
    pub async fn get(&self, caller: &Caller, id: SessionId) -> Result<StoredSession, AppError> {
        self.readable(caller, id).await
    }

    /// What belongs to a session beside itself.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    pub async fn details(&self, caller: &Caller, stored: StoredSession) -> Result<Details, AppError> {
        let attempts = self.attempts(caller, &stored.session).await?;
        let pickup = self.pickup(&stored.session).await?;
        let waiting = !stored.session.status.is_closed() && self.is_awaited(stored.session.id());
        Ok(Details { stored, attempts, pickup, waiting })
    }

    async fn pickup(&self, session: &Session) -> Result<Pickup, AppError> {
        let none = Pickup { state: PickupState::None, at: None, by: None };
        if !session.status.is_closed() {
            return Ok(none);
        }
        if let Some((by, at)) = self.inner.store.pickup(session.id()).await? {
            return Ok(Pickup { state: PickupState::Delivered, at: Some(at), by: Some(by) });
        }
        if session.opened.callback_url.is_none() {
            return Ok(none);
        }
        let query = DeliveryQuery { session: Some(session.id()), limit: 1, ..DeliveryQuery::default() };
        let page = self.inner.store.deliveries(query).await?;
        let state = match page.deliveries.first().map(|delivery| delivery.state) {
            Some(DeliveryState::Delivered) => PickupState::Delivered,
            Some(DeliveryState::Dead) => PickupState::Failed,
            Some(DeliveryState::Pending | DeliveryState::Refused) => PickupState::Pending,
            None => PickupState::None,
        };
        let last = page.deliveries.first().and_then(|delivery| delivery.attempts.last());
        let delivered = state == PickupState::Delivered;
        Ok(Pickup {
            state,
            at: last.filter(|_| delivered).map(|attempt| attempt.at),
            by: delivered.then(|| "callback".to_owned()),
        })
    }

    /// A page of sessions that the caller may see.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    pub async fn list(&self, caller: &Caller, query: SessionQuery) -> Result<SessionPage, AppError> {
        self.require(caller, Action::Read, None)?;
        Ok(self.inner.store.sessions(SessionQuery { visible: Self::visible(caller), ..query }).await?)
    }

    /// What happened to a session, oldest first.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Unavailable`].
    pub async fn history(&self, caller: &Caller, id: SessionId) -> Result<Vec<StoredEvent>, AppError> {
        self.readable(caller, id).await?;
        Ok(self.inner.store.history(id).await?)
    }

    /// Closes a session with an answer.
    ///
    /// # Errors
    /// [`AppError::Rejected`], [`AppError::NotFound`], and those of the store.
    pub async fn respond(&self, caller: &Caller, id: SessionId, request: RespondRequest) -> Result<Changed, AppError> {
        let files = if request.response.get("files").is_some() { self.file_facts(id).await? } else { Vec::new() };
        // Read again for the change: only a question that asks for it is read for the passkey first.
        let assertion = match &request.assertion {
            Some(given) => {
                let session = self.readable(caller, id).await?.session;
                self.assertion(caller, &session, &request.response, given).await?
            }
            None => None,
        };
        let answer = Answer {
            assertion,
            response: request.response.clone(),
            by: caller.person(request.user_id.as_deref()),
            comment: request.comment,
            content_hash: request.content_hash.map(ContentHash),
            files: files.clone(),
        };
        let stored = self.change(caller, Action::Respond, id, Command::Answer(Box::new(answer))).await?;
        metrics::counter!("askwell_sessions_answered_total").increment(1);
        let warnings = dropped_keys(&stored.session, &request.response, &files);
        Ok(Changed { stored, warnings })
    }

    /// Closes a session without an answer.
    ///
    /// # Errors
    /// As [`App::respond`].
    pub async fn cancel(
        &self,
        caller: &Caller,
        id: SessionId,
        reason: String,
        user_id: Option<&str>,
    ) -> Result<Changed, AppError> {
        let by = caller.person(user_id);
        self.changed(caller, Action::Cancel, id, Command::Cancel { by, reason }).await
    }

    /// Holds a session for a person, or renews the hold.
    ///
    /// # Errors
    /// As [`App::respond`].
    pub async fn claim(
        &self,
        caller: &Caller,
        id: SessionId,
        user_id: Option<&str>,
        takeover: Takeover,
    ) -> Result<Changed, AppError> {
        let by = caller.person(user_id);
        self.changed(caller, Action::Respond, id, Command::Claim { by, takeover }).await
    }

    /// Gives up the hold.
    ///
    /// # Errors
    /// As [`App::respond`].
    pub async fn release(&self, caller: &Caller, id: SessionId, user_id: Option<&str>) -> Result<Changed, AppError> {
        let by = caller.person(user_id);
        self.changed(caller, Action::Respond, id, Command::Release { by }).await
    }

    /// Moves the deadline, within what the requester allows.
    ///
    /// # Errors
    /// As [`App::respond`].
    pub async fn extend(
        &self,
        caller: &Caller,
        id: SessionId,
        by_time: Duration,
        user_id: Option<&str>,
    ) -> Result<Changed, AppError> {
        let by = caller.person(user_id);
        let max_timeout = self.inner.settings.limits.max_timeout;
        self.changed(caller, Action::Extend, id, Command::Extend { by, by_time, max_timeout }).await
    }
}

/// Names the keys of an accepted answer that were dropped. Checks again only if there may be some.
fn dropped_keys(session: &Session, given: &Value, files: &[FileFact]) -> Vec<Finding> {
    // Kept as it was given: nothing was dropped, however deep.
    if session.state.response.as_ref().is_none_or(|kept| kept.data == *given) {
        return Vec::new();
    }
    session
        .opened
        .interaction
        .interaction()
        .ok()
        .and_then(|interaction| interaction.check(given, files, "/response").ok())
        .map(|checked| checked.warnings)
        .unwrap_or_default()
}
