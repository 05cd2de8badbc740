//! Who may do what: one pure function, [`permits`].
//!
//! A right is a scope (what a principal may do at all) times a relation (what
//! it has to do with this session). What one may not read does not exist for
//! one. Invariants: a token holds no scope that answers, so an agent that
//! answers cannot be said; whoever asked does not answer, by no detour, unless
//! the owner allows it. Neighbours: `session` says who concerns a session;
//! engines store the same relations as rows, so that lists are read by index.

mod principal;
mod relation;
pub mod secret;

pub use self::principal::{Guest, GuestId, LoginId, Principal, Role, Scopes, Token, TokenId, TokenScope, User};
pub use self::relation::{
    GROUP, Relation, asked_subject, group_subject, is_eligible, relations, subjects, user_subject,
};

use serde::{Deserialize, Serialize};

use crate::session::{Opened, Session};

/// A person, as recorded with what they did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id: from the credential, or claimed in the body.
    pub id: String,
    /// Whether the id comes from a credential.
    pub verified: bool,
}

/// What a principal wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Open a session.
    Create,
    /// See a session, its files, its history; or lists of what one may see.
    Read,
    /// Answer, claim, release, upload.
    Respond,
    /// Hand over to somebody else what one would have to answer.
    Delegate,
    /// Cancel a session.
    Cancel,
    /// Grant more time.
    Extend,
    /// Choose who answers: assignee, candidates.
    Assign,
    /// Give a link to somebody without an account, so that they answer.
    Invite,
    /// See and redeliver callbacks: of one session, or of all.
    Redeliver,
    /// See the audit, the metrics and the counts of everybody.
    Administer,
    /// Manage people, tokens of others and their rights.
    ManageAccounts,
}

impl Action {
    /// Its name in the audit.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Respond => "respond",
            Self::Delegate => "delegate",
            Self::Cancel => "cancel",
            Self::Extend => "extend",
            Self::Assign => "assign",
            Self::Invite => "invite",
            Self::Redeliver => "redeliver",
            Self::Administer => "administer",
            Self::ManageAccounts => "manage_accounts",
        }
    }
}

/// The owner's choices about rights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether whoever asked may answer, too.
    pub requester_may_answer: RequesterAnswers,
}

/// Whether whoever asked may answer, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequesterAnswers {
    /// No, by no detour.
    #[default]
    Never,
    /// Yes, if eligible.
    IfEligible,
}

/// Whether `principal` may do `action` on `session` (`None`: not about one session).
#[must_use]
pub fn permits(principal: &Principal, action: Action, session: Option<&Session>, policy: Policy) -> bool {
    match principal {
        Principal::LocalOwner => true,
        Principal::Nobody => false,
        Principal::User(user) => permits_user(user, action, session, policy),
        Principal::Token(token) => permits_token(token, action, session),
        Principal::Guest(guest) => permits_guest(guest, action, session),
    }
}

/// Whether `principal` may open what a draft says, which is not a session yet.
#[must_use]
pub fn may_open(principal: &Principal, workflow_id: Option<&str>) -> bool {
    match principal {
        Principal::LocalOwner | Principal::User(_) => true,
        Principal::Token(token) => token.scopes.has(TokenScope::Create) && token.covers(workflow_id),
        Principal::Nobody | Principal::Guest(_) => false,
    }
}

/// Whether this login asked for the session, itself or through a token or somebody else.
#[must_use]
pub fn asked_for(login: &str, opened: &Opened) -> bool {
    asked_itself(login, opened) || opened.on_behalf_of.as_deref() == Some(login)
}

/// Whether this login asked for the session, itself or through a token: not somebody else for it.
fn asked_itself(login: &str, opened: &Opened) -> bool {
    opened.requester.verified && opened.requester.id == login
}

fn permits_user(user: &User, action: Action, session: Option<&Session>, policy: Policy) -> bool {
    let is_admin = user.role == Role::Admin;
    let Some(session) = session else {
        return match action {
            Action::Create | Action::Read => true,
            Action::Administer | Action::ManageAccounts | Action::Redeliver => is_admin,
            _ => false,
        };
    };
    let asked = asked_for(&user.login, &session.opened);
    let eligible = is_eligible(user, session);
    let may_answer = eligible && (!asked || policy.requester_may_answer == RequesterAnswers::IfEligible);
    match action {
        Action::Read => is_admin || eligible || !relations(user, session).is_empty(),
        Action::Respond | Action::Delegate => may_answer,
        Action::Assign | Action::Cancel | Action::Redeliver => is_admin || asked,
        Action::Extend => is_admin || asked || eligible,
        Action::Invite => may_answer || (is_admin && !asked),
        Action::Administer | Action::ManageAccounts => is_admin,
        Action::Create => false,
    }
}

/// There is no arm that answers: a token's scopes have none that could be asked for.
fn permits_token(token: &Token, action: Action, session: Option<&Session>) -> bool {
    let has = |scope| token.scopes.has(scope);
    let Some(session) = session else {
        return match action {
            Action::Create => has(TokenScope::Create),
            Action::Read => has(TokenScope::Read) || has(TokenScope::Create) || has(TokenScope::Admin),
            // These are about sessions of everybody: not for a token that reaches only some workflows.
            Action::Administer | Action::Redeliver => has(TokenScope::Admin) && token.workflow_prefix.is_none(),
            _ => false,
        };
    };
    if !token.covers(session.opened.workflow_id.as_deref()) {
        return false;
    }
    let asked = asked_for(&token.owner, &session.opened);
    match action {
        Action::Read => has(TokenScope::Admin) || (asked && (has(TokenScope::Read) || has(TokenScope::Create))),
        Action::Cancel | Action::Extend | Action::Assign => asked && has(TokenScope::Create),
        Action::Redeliver => has(TokenScope::Admin) || (asked && has(TokenScope::Create)),
        Action::Administer => has(TokenScope::Admin),
        Action::Respond | Action::Delegate | Action::Invite | Action::ManageAccounts | Action::Create => false,
    }
}

fn permits_guest(guest: &Guest, action: Action, session: Option<&Session>) -> bool {
    match (action, session) {
        (Action::Read, None) => true,
        (Action::Read | Action::Respond, Some(session)) => session.id() == guest.session,
        _ => false,
    }
}
