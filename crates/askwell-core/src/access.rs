//! Who may do what: one pure function.
//!
//! This version knows one principal, the local owner, who may do everything;
//! accounts add arms here and change no caller.

use serde::{Deserialize, Serialize};

use crate::session::Session;

/// Who is authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Whoever reaches a server that runs without accounts on its own machine.
    LocalOwner,
}

impl Principal {
    /// The stable name that scopes idempotency keys and is recorded as requester.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::LocalOwner => "local",
        }
    }
}

/// What a principal wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Open a session.
    Create,
    /// See a session, its files, its history.
    Read,
    /// Answer, claim, release, upload.
    Respond,
    /// Cancel a session.
    Cancel,
    /// Grant more time.
    Extend,
    /// See and redeliver callbacks.
    Administer,
}

/// Whether `principal` may do `action` on `session` (`None`: not about one session).
#[must_use]
pub fn permits(principal: &Principal, action: Action, session: Option<&Session>) -> bool {
    let _ = (action, session);
    match principal {
        Principal::LocalOwner => true,
    }
}

/// A person, as recorded with what they did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id: from the credential, or claimed in the body.
    pub id: String,
    /// Whether the id comes from a credential.
    pub verified: bool,
}
