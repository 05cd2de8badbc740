//! Facts about a session, in the past tense, and what each makes of it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Claim, Opened, Parties, Response, Session, Source, State, Status};
use crate::access::Person;
use crate::ids::Version;
use crate::now::Deadline;

/// A fact about a session and when it became one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub change: Change,
}

/// What happened to a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Change {
    /// It was opened.
    #[serde(skip)]
    Opened(Arc<Opened>),
    /// Somebody took or renewed the hold.
    Claimed {
        /// The hold.
        claim: Claim,
        /// Whose hold it took over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Person>,
    },
    /// The hold ended: given up by a person, or lapsed (`by` is absent).
    Released {
        /// Who gave it up.
        by: Option<Person>,
    },
    /// Somebody was chosen to answer, or nobody any more.
    Assigned {
        /// Who chose.
        by: Person,
        /// Who it concerns from now on.
        parties: Parties,
    },
    /// It was handed over.
    Delegated {
        /// Who handed over.
        by: Person,
        /// To this login.
        to: String,
        /// Who it concerns from now on.
        parties: Parties,
    },
    /// Others may answer from now on.
    CandidatesSet {
        /// Who chose.
        by: Person,
        /// Who it concerns from now on.
        parties: Parties,
    },
    /// The deadline moved.
    Extended {
        /// Who moved it.
        by: Person,
        /// The new deadline.
        deadline: Deadline,
        /// By how much.
        by_time: Duration,
    },
    /// A person answered.
    Answered {
        /// The answer.
        response: Response,
    },
    /// The deadline came.
    TimedOut {
        /// The requester's default, where it asked for that.
        response: Option<Response>,
    },
    /// It was cancelled.
    Cancelled {
        /// Who cancelled.
        by: Person,
        /// Why.
        reason: String,
    },
    /// The server itself could not go on with it.
    Failed {
        /// Why.
        reason: String,
    },
}

impl Change {
    /// The type on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened(_) => "opened",
            Self::Claimed { .. } => "claimed",
            Self::Released { .. } => "released",
            Self::Assigned { .. } => "assigned",
            Self::Delegated { .. } => "delegated",
            Self::CandidatesSet { .. } => "candidates_set",
            Self::Extended { .. } => "extended",
            Self::Answered { .. } => "answered",
            Self::TimedOut { .. } => "timed_out",
            Self::Cancelled { .. } => "cancelled",
            Self::Failed { .. } => "failed",
        }
    }
}

impl Change {
    /// Who did it; nobody where the clock or the server itself did.
    #[must_use]
    pub fn by(&self) -> Option<&Person> {
        match self {
            Self::Opened(opened) => Some(&opened.requester),
            Self::Claimed { claim, .. } => Some(&claim.by),
            Self::Released { by } => by.as_ref(),
            Self::Assigned { by, .. }
            | Self::Delegated { by, .. }
            | Self::CandidatesSet { by, .. }
            | Self::Extended { by, .. }
            | Self::Cancelled { by, .. } => Some(by),
            Self::Answered { response } => response.by.as_ref(),
            Self::TimedOut { .. } | Self::Failed { .. } => None,
        }
    }
}

impl Session {
    /// The session that an [`Change::Opened`] makes.
    #[must_use]
    pub fn from_opened(opened: Arc<Opened>) -> Self {
        Self {
            version: Version::NONE.next(),
            status: Status::Pending,
            updated_at: opened.at,
            state: State {
                deadline: opened.deadline,
                extended: Duration::ZERO,
                claim: None,
                parties: None,
                closed_at: None,
                closed_by: None,
                response: None,
                error_message: None,
            },
            opened,
        }
    }

    /// The session after one more event.
    #[must_use]
    pub fn apply(mut self, event: &Event) -> Self {
        self.version = self.version.next();
        self.updated_at = event.at;
        match &event.change {
            Change::Opened(opened) => return Self::from_opened(Arc::clone(opened)),
            Change::Claimed { claim, .. } => {
                self.status = Status::Active;
                self.state.claim = Some(claim.clone());
            }
            Change::Released { .. } => {
                self.status = Status::Pending;
                self.state.claim = None;
            }
            Change::Assigned { parties, .. }
            | Change::Delegated { parties, .. }
            | Change::CandidatesSet { parties, .. } => {
                self.state.parties = Some(parties.clone());
                self.drop_foreign_claim();
            }
            Change::Extended { deadline, by_time, .. } => {
                self.state.deadline = *deadline;
                self.state.extended = self.state.extended.saturating_add(*by_time);
            }
            Change::Answered { response } => {
                self.close(Status::Completed, event.at, response.by.clone());
                self.state.response = Some(response.clone());
            }
            Change::TimedOut { response } => {
                self.close(Status::Timeout, event.at, None);
                debug_assert!(response.iter().all(|r| r.source == Source::Timeout));
                self.state.response.clone_from(response);
            }
            Change::Cancelled { by, reason } => {
                self.close(Status::Cancelled, event.at, Some(by.clone()));
                self.state.error_message = Some(reason.clone());
            }
            Change::Failed { reason } => {
                self.close(Status::Error, event.at, None);
                self.state.error_message = Some(reason.clone());
            }
        }
        self
    }

    /// A hold ends with the right to answer by name: what was given to somebody is theirs to take up.
    fn drop_foreign_claim(&mut self) {
        let assignee = self.assignee().map(str::to_owned);
        self.state.claim =
            self.state.claim.take().filter(|claim| assignee.as_ref().is_none_or(|id| *id == claim.by.id));
        self.status = if self.state.claim.is_some() { Status::Active } else { Status::Pending };
    }

    fn close(&mut self, status: Status, at: Timestamp, by: Option<Person>) {
        self.status = status;
        self.state.closed_at = Some(at);
        self.state.closed_by = by;
        self.state.claim = None;
    }
}
