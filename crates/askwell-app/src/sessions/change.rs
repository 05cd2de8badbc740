//! How each change of a session is made: load, judge, decide, commit.
//!
//! Invariant: rights are judged against the very version that is changed.
//! Neighbours: `sessions` and `parties` say what is to be changed, `expiry`
//! that time has.

use askwell_core::access::{Action, Principal};
use askwell_core::audit::{AuditEntry, Verdict};
use askwell_core::ids::SessionId;
use askwell_core::session::{Command, Rejection};
use askwell_core::{Change, Event, Session, decide};

use super::Changed;
use crate::app::App;
use crate::caller::Caller;
use crate::deliveries::owed;
use crate::error::{AppError, Noun};
use crate::ports::{Commit, Lane, StoreError, StoredSession};

/// How often a change is decided anew because the session changed meanwhile.
const TRIES: usize = 8;

impl App {
    pub(crate) async fn changed(
        &self,
        caller: &Caller,
        action: Action,
        id: SessionId,
        command: Command,
    ) -> Result<Changed, AppError> {
        let stored = self.change(caller, action, id, command).await?;
        Ok(Changed { stored, warnings: Vec::new() })
    }

    pub(super) async fn change(
        &self,
        caller: &Caller,
        action: Action,
        id: SessionId,
        command: Command,
    ) -> Result<StoredSession, AppError> {
        let stored = self.readable(caller, id).await?;
        self.change_from(Some(stored.session), id, command, By::Caller(caller, action)).await
    }

    /// Load, judge, decide, commit; again while others are faster. `session` saves the first load.
    pub(crate) async fn change_from(
        &self,
        mut session: Option<Session>,
        id: SessionId,
        command: Command,
        by: By<'_>,
    ) -> Result<StoredSession, AppError> {
        let inner = &self.inner;
        for _ in 0..TRIES {
            let before = if let Some(session) = session.take() { session } else { self.reload(id).await?.session };
            // Against the version that is changed: what somebody else changed meanwhile may have taken the right away.
            if let By::Caller(caller, action) = by {
                self.require(caller, action, Some(&before))?;
            }
            let events = match decide(&before, command.clone(), &inner.clock.now()) {
                Ok(events) if events.is_empty() => return self.reload(id).await,
                Ok(events) => events,
                Err(Rejection::Unreadable(reason)) => {
                    tracing::error!(session = %id, reason, "a stored question no longer loads");
                    // Then `command` meets a closed session and says so.
                    Box::pin(self.change_from(Some(before), id, Command::Fail { reason }, By::Server)).await?;
                    continue;
                }
                Err(rejection) => return Err(rejection.into()),
            };
            let expected = before.version;
            let after = events.iter().fold(before, Session::apply);
            let files = after.state.response.as_ref().map(|response| response.files.clone()).unwrap_or_default();
            let commit = Commit {
                expected,
                deliveries: owed(&after, &events, inner.ids.as_ref(), inner.resume),
                standing: by.caller().and_then(|caller| caller.credential.clone()),
                audit: audit_of(by.caller().unwrap_or(&inner.system), &after, &events),
                session: after.clone(),
                events,
                idempotency: None,
                files,
                lane: Lane::Decide,
            };
            match inner.store.commit(commit).await {
                Ok(committed) => return Ok(StoredSession { session: after, cursor: committed.cursor }),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(AppError::Overloaded)
    }

    async fn reload(&self, id: SessionId) -> Result<StoredSession, AppError> {
        self.inner.store.session(id).await?.ok_or(AppError::NotFound(Noun::Session))
    }

    /// The session, if it exists and the caller may see it: one answer for both.
    pub(crate) async fn readable(&self, caller: &Caller, id: SessionId) -> Result<StoredSession, AppError> {
        if caller.principal == Principal::Nobody {
            return Err(AppError::Unauthenticated);
        }
        let stored = self.reload(id).await?;
        if self.may_see(caller, &stored.session) { Ok(stored) } else { Err(AppError::NotFound(Noun::Session)) }
    }
}

/// Who has a session changed.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    /// A caller, who must have the right to.
    Caller(&'a Caller, Action),
    /// The clock, or the server for itself.
    Server,
}

impl<'a> By<'a> {
    fn caller(self) -> Option<&'a Caller> {
        match self {
            Self::Caller(caller, _) => Some(caller),
            Self::Server => None,
        }
    }
}

/// What the audit says of events that are committed together.
pub(super) fn audit_of(caller: &Caller, after: &Session, events: &[Event]) -> Option<AuditEntry> {
    let event = events.last()?;
    let mut entry = caller.audit(event.at, &format!("session.{}", event.change.name()), Verdict::Done);
    entry.session = Some(after.id());
    entry.version = Some(after.version);
    entry.content_hash = Some(after.opened.content_hash.0.clone());
    if let Some(person) = event.change.by().filter(|person| !person.verified) {
        entry.on_behalf_of = Some(person.id.clone());
    }
    match &event.change {
        Change::Assigned { parties, .. }
        | Change::Delegated { parties, .. }
        | Change::CandidatesSet { parties, .. } => {
            entry.detail.insert("assignee".to_owned(), parties.assignee.clone().into());
            entry.detail.insert("candidates".to_owned(), parties.candidates.clone().into());
        }
        Change::Claimed { over: Some(former), .. } => {
            entry.detail.insert("over".to_owned(), former.id.clone().into());
        }
        _ => {}
    }
    Some(entry)
}
