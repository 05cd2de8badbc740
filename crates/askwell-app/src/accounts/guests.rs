//! Links for people without an account: one session, one use.

use std::time::Duration;

use askwell_core::access::Action;
use askwell_core::access::secret::{secret_digest, secret_text};
use askwell_core::audit::Verdict;
use askwell_core::ids::SessionId;
use askwell_core::{Code, Finding, Rejection};
use jiff::Timestamp;

use super::Admitted;
use super::admission::by_guest;
use crate::app::App;
use crate::caller::{Caller, Method};
use crate::error::{AppError, Noun};
use crate::ports::GuestRow;

/// The longest name of a guest.
const MAX_NAME: usize = 64;

/// How long a link may be used where nobody says; never longer than the session.
const LASTS: Duration = Duration::from_hours(24);

/// A link to be.
#[derive(Clone, Debug, Default)]
pub struct Invitation {
    /// How whoever invites calls the guest.
    pub name: String,
    /// How long the link may be used.
    pub expires_in: Option<Duration>,
}

/// A link that was made.
pub struct Invited {
    /// What is known of it.
    pub guest: GuestRow,
    /// What stands in the link: told once.
    pub secret: String,
}

impl std::fmt::Debug for Invited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invited").field("guest", &self.guest.id).finish_non_exhaustive()
    }
}

/// A guest who came in.
#[derive(Debug)]
pub struct GuestEntry {
    /// Who.
    pub admitted: Admitted,
    /// To which session.
    pub session: SessionId,
    /// What the cookie holds: told once.
    pub secret: String,
}

impl App {
    /// Makes a link to a session for somebody without an account.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::NotFound`], [`AppError::Rejected`] once it is closed, [`AppError::Invalid`].
    pub async fn invite(&self, caller: &Caller, id: SessionId, wanted: Invitation) -> Result<Invited, AppError> {
        if !self.needs_sign_in() {
            return Err(AppError::NoAccounts);
        }
        let session = self.readable(caller, id).await?.session;
        self.require(caller, Action::Invite, Some(&session))?;
        let expires_at = session.state.deadline.expires_at;
        if session.status.is_closed() {
            return Err(Rejection::Closed { status: session.status, by: None, at: session.updated_at }.into());
        }
        let name = wanted.name.trim();
        let length = name.chars().count();
        let finding =
            |code| AppError::Invalid(vec![Finding::new("/name", code).with("limit", MAX_NAME).with("actual", length)]);
        if name.is_empty() {
            return Err(finding(Code::MissingField));
        }
        if length > MAX_NAME || name.chars().any(char::is_control) {
            return Err(finding(Code::TooLong));
        }
        // Two of one name would be one person to whoever reads who answered.
        let others = self.inner.store.guests(id).await?;
        let is_free = |name: &String| others.iter().all(|guest| guest.name != *name);
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        let name = std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_default();
        let now = self.now();
        let secret = secret_text(&self.inner.ids.secret());
        let lasts = now.saturating_add(wanted.expires_in.unwrap_or(LASTS)).unwrap_or(Timestamp::MAX);
        let guest = GuestRow {
            id: self.inner.ids.guest(),
            digest: secret_digest(&secret),
            session: id,
            name,
            invited_by: caller.person(None).id,
            created_at: now,
            expires_at: lasts.min(expires_at),
            used_at: None,
            cookie: None,
            ended_at: None,
        };
        let mut audit = caller.audit(now, "guest.invited", Verdict::Done);
        audit.session = Some(id);
        audit.version = Some(session.version);
        audit.subject = Some(guest.id.to_string());
        audit.detail.insert("name".to_owned(), guest.name.clone().into());
        self.inner.store.add_guest(guest.clone(), caller.by(audit)).await?;
        Ok(Invited { guest, secret })
    }

    /// The links to a session, newest first.
    ///
    /// # Errors
    /// As [`App::invite`].
    pub async fn invitations(&self, caller: &Caller, id: SessionId) -> Result<Vec<GuestRow>, AppError> {
        let session = self.readable(caller, id).await?.session;
        self.require(caller, Action::Invite, Some(&session))?;
        Ok(self.inner.store.guests(id).await?)
    }

    /// Takes a link back; whoever came by it is out.
    ///
    /// # Errors
    /// As [`App::invite`].
    pub async fn end_invitation(&self, caller: &Caller, id: SessionId, guest: &str) -> Result<(), AppError> {
        let own = self.invitations(caller, id).await?;
        let found = own.iter().find(|row| row.id.to_string() == guest).ok_or(AppError::NotFound(Noun::Guest))?;
        let mut audit = caller.audit(self.now(), "guest.ended", Verdict::Done);
        audit.session = Some(id);
        audit.subject = Some(found.id.to_string());
        self.inner.store.end_guest(found.id, self.now(), caller.by(audit)).await?;
        self.accounts_changed().await;
        Ok(())
    }

    /// Lets a guest in by what stands in their link: once.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for no link of ours, [`AppError::LinkUsed`] for one that is used or over,
    /// [`AppError::RateLimited`], and those of the store.
    pub async fn enter_as_guest(&self, caller: &Caller, secret: &str) -> Result<GuestEntry, AppError> {
        self.guest_allowed(caller.address)?;
        let store = &self.inner.store;
        let found = store.guest(&secret_digest(secret)).await?;
        let guest = found.ok_or_else(|| self.refused(caller, Method::Guest, "no link of ours"))?;
        let now = self.now();
        let session = store.session(guest.session).await?.ok_or(AppError::LinkUsed)?.session;
        let over = guest.used_at.is_some() || guest.ended_at.is_some() || guest.expires_at <= now;
        if over || session.status.is_closed() {
            self.refused(caller, Method::Guest, "the link is used or over");
            return Err(AppError::LinkUsed);
        }
        let cookie = secret_text(&self.inner.ids.secret());
        let mut audit = caller.audit(now, "guest.entered", Verdict::Done);
        audit.actor = format!("guest:{}", guest.id);
        audit.method = Some(Method::Guest.as_str().to_owned());
        audit.session = Some(guest.session);
        audit.version = Some(session.version);
        if !store.use_guest(guest.id, secret_digest(&cookie), now, audit.into()).await? {
            return Err(AppError::LinkUsed);
        }
        Ok(GuestEntry { session: guest.session, admitted: by_guest(guest), secret: cookie })
    }
}
