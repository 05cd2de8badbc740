//! A session: one question to people, from open to closed.

mod command;
mod decide;
mod draft;
mod event;
mod rejection;
mod status;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use self::command::{Answer, Command, Takeover};
pub use self::decide::{CLAIM_HOLD, decide, open};
pub use self::draft::{Draft, Limits, MAX_CANDIDATES, OnTimeout, Priority, Risk, StepUp, party_fault};
pub use self::event::{Change, Event};
pub use self::rejection::Rejection;
pub use self::status::Status;
use crate::access::Person;
use crate::digest::ContentHash;
use crate::ids::{FileId, SessionId, Version};
use crate::interaction::NormalForm;
use crate::now::{Deadline, Now};

/// Everything about a session that never changes after it was opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// Its identity.
    pub id: SessionId,
    /// What is asked, in its normal form (wire: `interaction_data`).
    pub interaction: NormalForm,
    /// The requester's own name for a review, unique among all reviews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The workflow that asks, if it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow_id: Option<String>,
    /// Where the outcome is posted to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// What silence means.
    pub on_timeout: OnTimeout,
    /// The requester's own data, returned as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// Labels to filter by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How urgent it is.
    pub priority: Priority,
    /// How much a wrong answer would cost, if the requester said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// Who should answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// Who else may answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<String>,
    /// Whether whoever answers must prove anew who they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_up: Option<StepUp>,
    /// By how much the deadline may be extended in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extendable: Option<Duration>,
    /// Who asked.
    pub requester: Person,
    /// The name of the token that asked, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester_token: Option<String>,
    /// The login of the person for whom it was asked: counts as requester, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// In whose shape it was asked, if not in ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_as: Option<AskedAs>,
    /// Hash of all that is shown and of what may be answered.
    pub content_hash: ContentHash,
    /// When it was opened.
    pub at: Timestamp,
    /// The first deadline.
    pub deadline: Deadline,
}

/// In whose shape a session was asked, and so will be answered, beside ours. The core keeps it and reads nothing in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskedAs {
    /// The shape's name.
    pub shape: String,
    /// What an answer in that shape needs of the request, beside what is shown.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub given: Value,
}

/// A hold on a session: while it lasts only its person may answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who holds it.
    pub by: Person,
    /// Since when.
    pub since: Timestamp,
    /// When it ends unless renewed.
    pub lapses: Deadline,
}

/// Who a session concerns beside its requester.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parties {
    /// Who should answer: a login.
    pub assignee: Option<String>,
    /// Who else may answer: logins, and groups as `group:NAME`.
    pub candidates: Vec<String>,
    /// Who may look on, because it was theirs before: logins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watchers: Vec<String>,
}

/// Who gave the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A person answered.
    Person,
    /// Nobody did; the requester's `default_value` stands in.
    Timeout,
}

/// The response of a closed session (wire: `response`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The answer in the kind's normal form (wire: `response_data`).
    pub data: Value,
    /// When it was given.
    pub at: Timestamp,
    /// Who gave it; nobody when `source` is the time-out.
    pub by: Option<Person>,
    /// Person or time-out.
    pub source: Source,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The uploads that belong to the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileId>,
    /// How a passkey signed it, so that it can be looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion: Option<Value>,
}

/// A session as it stands after some number of events.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// What never changes.
    pub opened: Arc<Opened>,
    /// How many events it has had.
    pub version: Version,
    /// Where in its life it stands.
    pub status: Status,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What changes.
    pub state: State,
}

/// The part of a session that changes, beside version, status and time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// When it closes unanswered.
    pub deadline: Deadline,
    /// By how much the deadline has been extended so far.
    #[serde(default, skip_serializing_if = "Duration::is_zero")]
    pub extended: Duration,
    /// The hold on it, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// Who it concerns now, once that is no longer as it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parties: Option<Parties>,
    /// When it closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Who closed it, where a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<Person>,
    /// What it closed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// Why it was cancelled or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

impl Session {
    /// Its identity.
    #[must_use]
    pub fn id(&self) -> SessionId {
        self.opened.id
    }

    /// Who should answer.
    #[must_use]
    pub fn assignee(&self) -> Option<&str> {
        self.state.parties.as_ref().map_or(&self.opened.assignee, |now| &now.assignee).as_deref()
    }

    /// Who else may answer.
    #[must_use]
    pub fn candidates(&self) -> &[String] {
        self.state.parties.as_ref().map_or(&self.opened.candidates, |now| &now.candidates)
    }

    /// Who may look on.
    #[must_use]
    pub fn watchers(&self) -> &[String] {
        self.state.parties.as_ref().map_or(&[], |now| &now.watchers)
    }

    /// Whether nobody is named, so that everybody may answer.
    #[must_use]
    pub fn names_nobody(&self) -> bool {
        self.assignee().is_none() && self.candidates().is_empty()
    }

    /// Who it concerns, as a change starts from it.
    pub(crate) fn parties(&self) -> Parties {
        Parties {
            assignee: self.assignee().map(str::to_owned),
            candidates: self.candidates().to_vec(),
            watchers: self.watchers().to_vec(),
        }
    }

    /// The instant at which the clock has something to do here: the deadline,
    /// or the end of a claim. Nothing once closed.
    #[must_use]
    pub fn wakes_at(&self) -> Option<Timestamp> {
        if self.status.is_closed() {
            return None;
        }
        let deadline = self.state.deadline.expires_at;
        Some(match &self.state.claim {
            Some(claim) => deadline.min(claim.lapses.expires_at),
            None => deadline,
        })
    }

    /// Whether [`Command::Tick`] would change anything at `now`.
    #[must_use]
    pub fn is_due(&self, now: &Now) -> bool {
        !self.status.is_closed()
            && (self.state.deadline.is_due(now)
                || self.state.claim.as_ref().is_some_and(|claim| claim.lapses.is_due(now)))
    }
}
