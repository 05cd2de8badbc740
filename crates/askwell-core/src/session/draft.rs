//! A session that is not yet opened: what the requester wants to ask.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::finding::Findings;
use crate::interaction::Interaction;

/// What silence means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnTimeout {
    /// The session closes without a response.
    #[default]
    Expire,
    /// The session closes with the requester's `default_value`.
    Default,
}

/// How urgent a question is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// As most.
    #[default]
    Normal,
    /// Before others.
    High,
    /// Now.
    Urgent,
}

/// How much a wrong answer would cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
}

/// The owner's limits that a draft is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The deadline of a draft that names none.
    pub default_timeout: Duration,
    /// The deadline of a review that names none.
    pub review_timeout: Duration,
    /// The longest deadline allowed.
    pub max_timeout: Duration,
}

/// A session that is not yet opened.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What is asked.
    pub interaction: Interaction,
    /// Until when an answer is of use, from opening.
    pub timeout: Duration,
    /// The workflow that asks.
    pub workflow_id: Option<String>,
    /// Where the outcome is posted to.
    pub callback_url: Option<String>,
    /// What silence means.
    pub on_timeout: OnTimeout,
    /// The requester's own data.
    pub metadata: Option<Map<String, Value>>,
    /// Labels to filter by.
    pub tags: Vec<String>,
    /// How urgent it is.
    pub priority: Priority,
    /// How much a wrong answer would cost.
    pub risk: Option<Risk>,
    /// Who should answer.
    pub assignee: Option<String>,
    /// Who else may answer.
    pub candidates: Vec<String>,
    /// By how much the deadline may be extended in all.
    pub extendable: Option<Duration>,
    /// The key under which a repeat is recognised, from the body.
    pub idempotency_key: Option<String>,
}

impl Draft {
    /// Reads a create body. Nothing is returned when there are violations.
    pub fn read(body: &Value, limits: &Limits, findings: &mut Findings) -> Option<Self> {
        let _ = (body, limits, findings);
        None
    }
}
