//! Who is authenticated.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Person;
use crate::ids::{SessionId, uuid_id};

uuid_id! {
    /// One token of a requester.
    TokenId
}
uuid_id! {
    /// One sign-in of a person, from its start to its end.
    LoginId
}
uuid_id! {
    /// One invitation by link.
    GuestId
}

/// Who is authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Whoever reaches a server that runs without accounts on its own machine.
    LocalOwner,
    /// Whoever has not said who they are, where one must.
    Nobody,
    /// A person with an account.
    User(Arc<User>),
    /// A program that asks for a person.
    Token(Arc<Token>),
    /// Whoever came by a link to one session.
    Guest(Arc<Guest>),
}

/// What a person may do beyond asking and answering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Nothing.
    #[default]
    Member,
    /// See everything, choose who answers, manage accounts. Not: answer what is not theirs to answer.
    Admin,
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their name for signing in, unique for all time, never changed.
    pub login: String,
    /// How people call them.
    pub name: String,
    /// The groups they belong to.
    pub groups: Vec<String>,
    /// What they may do beyond asking and answering.
    pub role: Role,
}

/// A program that asks for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// What it is for, in its owner's words.
    pub name: String,
    /// The login of the person it belongs to, who counts as requester of all it asks.
    pub owner: String,
    /// What it may do.
    pub scopes: Scopes,
    /// It only sees and opens sessions of workflows that begin so.
    pub workflow_prefix: Option<String>,
}

impl Token {
    /// Whether a session of this workflow is within its reach.
    #[must_use]
    pub fn covers(&self, workflow_id: Option<&str>) -> bool {
        self.workflow_prefix.as_deref().is_none_or(|prefix| workflow_id.is_some_and(|id| id.starts_with(prefix)))
    }
}

/// Whoever came by a link to one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// The invitation.
    pub id: GuestId,
    /// How whoever invited them calls them.
    pub name: String,
    /// Who invited them.
    pub invited_by: String,
    /// The one session that exists for them.
    pub session: SessionId,
}

/// What a token may do. There is none that answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// Open sessions; cancel, extend and reassign its owner's; read what came of them.
    Create,
    /// See its owner's sessions.
    Read,
    /// See everybody's sessions, callbacks, the audit and the metrics.
    Admin,
}

impl TokenScope {
    /// Every scope there is.
    pub const ALL: [Self; 3] = [Self::Create, Self::Read, Self::Admin];

    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for TokenScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TokenScope {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(())
    }
}

/// The scopes of a token, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(Vec<TokenScope>);

impl Scopes {
    /// Whether this one is among them.
    #[must_use]
    pub fn has(&self, scope: TokenScope) -> bool {
        self.0.contains(&scope)
    }

    /// All of them, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = TokenScope> {
        self.0.iter().copied()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<TokenScope> for Scopes {
    fn from_iter<T: IntoIterator<Item = TokenScope>>(scopes: T) -> Self {
        let mut scopes: Vec<_> = scopes.into_iter().collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes)
    }
}

impl Principal {
    /// The stable name that scopes idempotency keys and stands in the audit.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::LocalOwner => "local".to_owned(),
            Self::Nobody => "nobody".to_owned(),
            Self::User(user) => format!("user:{}", user.login),
            Self::Token(token) => format!("token:{}", token.id),
            Self::Guest(guest) => format!("guest:{}", guest.id),
        }
    }

    /// The person that what is done is recorded with; nobody where names are only claimed.
    #[must_use]
    pub fn person(&self) -> Option<Person> {
        let id = match self {
            Self::LocalOwner | Self::Nobody => return None,
            Self::User(user) => user.login.clone(),
            Self::Token(token) => token.owner.clone(),
            Self::Guest(guest) => format!("guest:{}", guest.name),
        };
        Some(Person { id, verified: true })
    }

    /// The login of the account behind it, if there is one.
    #[must_use]
    pub fn login(&self) -> Option<&str> {
        match self {
            Self::User(user) => Some(&user.login),
            Self::Token(token) => Some(&token.owner),
            Self::LocalOwner | Self::Nobody | Self::Guest(_) => None,
        }
    }
}
