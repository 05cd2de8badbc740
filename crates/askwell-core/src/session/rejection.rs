//! Why a command was refused.

use std::time::Duration;

use jiff::Timestamp;

use super::Status;
use crate::access::Person;
use crate::finding::Finding;

/// Why a command was refused. The session is as it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Rejection {
    /// It is closed already.
    #[error("session is {status}")]
    Closed {
        /// How it closed.
        status: Status,
        /// Who closed it, where a person did.
        by: Option<Person>,
        /// When.
        at: Timestamp,
    },
    /// Its deadline has passed.
    #[error("session expired at {expires_at}")]
    Expired {
        /// The deadline.
        expires_at: Timestamp,
    },
    /// Somebody else holds it.
    #[error("session is claimed by {}", by.id)]
    Claimed {
        /// Who.
        by: Person,
        /// Until when, unless renewed.
        until: Timestamp,
    },
    /// Nobody holds it, so there is nothing to release.
    #[error("session is not claimed")]
    NotClaimed,
    /// The caller saw something else than what is stored.
    #[error("content has changed")]
    ContentChanged,
    /// A passkey must sign the answer, and none has.
    #[error("a passkey must sign the answer")]
    StepUpRequired,
    /// The requester does not allow that much more time.
    #[error("only {left:?} may be added")]
    NotExtendable {
        /// How much may still be added.
        left: Duration,
    },
    /// The answer is not one that the interaction allows.
    #[error("invalid answer")]
    Invalid(Vec<Finding>),
    /// The stored question no longer loads; it must be failed.
    #[error("the stored question no longer loads: {0}")]
    Unreadable(String),
}
