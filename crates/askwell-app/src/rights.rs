//! Rights, as the use cases ask for them.
//!
//! Job: one question for each act, one answer for what one may not see, and the
//! part of the store that is visible. Neighbours: `askwell_core::access` decides.

use askwell_core::Session;
use askwell_core::access::{Action, Principal, Role, TokenScope, asked_subject, group_subject, permits, user_subject};
use askwell_core::audit::Verdict;

use crate::app::App;
use crate::caller::{Caller, Channel};
use crate::error::{AppError, Noun};
use crate::ports::{Everybody, Visible};

impl App {
    /// Whether the caller may do this.
    #[must_use]
    pub fn may(&self, caller: &Caller, action: Action, session: Option<&Session>) -> bool {
        permits(&caller.principal, action, session, self.inner.settings.policy)
    }

    /// Whether the caller may see a session that was come by otherwise.
    #[must_use]
    pub fn may_see(&self, caller: &Caller, session: &Session) -> bool {
        self.may(caller, Action::Read, Some(session))
    }

    /// Goes on only for whom the counts and the metrics of everybody are.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::Unauthenticated`].
    pub fn may_administer(&self, caller: &Caller) -> Result<(), AppError> {
        self.require(caller, Action::Administer, None)
    }

    /// Goes on only where there are accounts, or on the console: whoever reaches this machine must not make
    /// administrators for the day on which accounts are switched on.
    pub(crate) fn has_accounts(&self, caller: &Caller) -> Result<(), AppError> {
        if self.needs_sign_in() || caller.channel == Channel::Console { Ok(()) } else { Err(AppError::NoAccounts) }
    }

    /// Goes on only if the caller may do this. What one may not even see does not exist.
    pub(crate) fn require(&self, caller: &Caller, action: Action, session: Option<&Session>) -> Result<(), AppError> {
        if action == Action::ManageAccounts {
            self.has_accounts(caller)?;
        }
        if self.may(caller, action, session) {
            return Ok(());
        }
        if caller.principal == Principal::Nobody {
            return Err(AppError::Unauthenticated);
        }
        if session.is_some_and(|session| !self.may_see(caller, session)) {
            return Err(AppError::NotFound(Noun::Session));
        }
        let mut entry = caller.audit(self.now(), "refused", Verdict::Refused);
        entry.detail.insert("wanted".to_owned(), action.as_str().into());
        entry.session = session.map(Session::id);
        entry.version = session.map(|session| session.version);
        self.record_later(entry);
        Err(AppError::Forbidden)
    }

    /// What of the store the caller may see: the same as [`permits`] says of each session alone.
    #[must_use]
    pub fn visible(caller: &Caller) -> Visible {
        let unseen = |subjects: Vec<String>, workflow_prefix: Option<String>| Visible::To {
            subjects,
            everybody: Everybody::Unseen,
            workflow_prefix,
        };
        match &caller.principal {
            Principal::LocalOwner => Visible::All,
            Principal::Nobody => unseen(Vec::new(), None),
            Principal::User(user) if user.role == Role::Admin => Visible::All,
            Principal::User(user) => {
                let own = [user_subject(&user.login), asked_subject(&user.login)];
                let subjects = own.into_iter().chain(user.groups.iter().map(|group| group_subject(group))).collect();
                Visible::To { subjects, everybody: Everybody::Seen, workflow_prefix: None }
            }
            Principal::Token(token) if token.scopes.has(TokenScope::Admin) => {
                token.workflow_prefix.clone().map_or(Visible::All, Visible::Workflows)
            }
            Principal::Token(token) => unseen(vec![asked_subject(&token.owner)], token.workflow_prefix.clone()),
            Principal::Guest(guest) => Visible::Only(guest.session),
        }
    }
}
