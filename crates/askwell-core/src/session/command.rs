//! What one may ask of a session.

use std::time::Duration;

use serde_json::Value;

use crate::access::Person;
use crate::digest::ContentHash;
use crate::interaction::FileFact;

/// An answer as it came in, not yet checked.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The payload (wire: `response`).
    pub response: Value,
    /// Who gives it.
    pub by: Person,
    /// Why, in the person's words.
    pub comment: Option<String>,
    /// What the person saw. Absent: not compared.
    pub content_hash: Option<ContentHash>,
    /// The uploads of this session that exist.
    pub files: Vec<FileFact>,
    /// How a passkey signed it. It has been checked.
    pub assertion: Option<Value>,
}

/// Whether a claim may take the place of somebody else's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Takeover {
    /// No.
    #[default]
    Never,
    /// Yes, and it is recorded whose.
    Override,
}

/// What one may ask of a session.
#[derive(Clone, Debug)]
pub enum Command {
    /// Close it with an answer.
    Answer(Box<Answer>),
    /// Close it without one.
    Cancel {
        /// Who cancels.
        by: Person,
        /// Why.
        reason: String,
    },
    /// Hold it, or renew the hold.
    Claim {
        /// Who claims.
        by: Person,
        /// Whether somebody else's hold may be taken over.
        takeover: Takeover,
    },
    /// Give up the hold.
    Release {
        /// Who releases.
        by: Person,
    },
    /// Choose who should answer.
    Assign {
        /// Who chooses.
        by: Person,
        /// The login; nobody: it is for the candidates, or for everybody.
        assignee: Option<String>,
    },
    /// Hand it over; whoever does stays a watcher.
    Delegate {
        /// Who hands over.
        by: Person,
        /// To this login.
        to: String,
    },
    /// Choose who else may answer.
    SetCandidates {
        /// Who chooses.
        by: Person,
        /// Logins, and groups as `group:NAME`.
        candidates: Vec<String>,
    },
    /// Move the deadline.
    Extend {
        /// Who extends.
        by: Person,
        /// By how much.
        by_time: Duration,
        /// How long a session may last in all.
        max_timeout: Duration,
    },
    /// Let the clock do what is due: close at the deadline, end a lapsed claim.
    Tick,
    /// Close it because the server itself cannot go on with it.
    Fail {
        /// Why.
        reason: String,
    },
}
