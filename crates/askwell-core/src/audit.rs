//! What the audit says of an act: who, how they proved it, what, which version was seen, from where.
//!
//! An entry is a fact that nobody may change later. Neighbours: the use cases
//! write one with each change, in its transaction; engines store its canonical
//! text and seal it into a chain ([`seal`]); a [`Verifier`] finds what was
//! tampered with, of a database or of an [`ndjson`] export.

mod chain;
pub mod csv;
mod export;
pub mod ndjson;
mod verify;

pub use self::chain::{GENESIS, Hash, Sealer, hash_text, parse_hash, seal};
pub use self::export::ExportForm;
pub use self::verify::{Head, Verifier, What, Wrong};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids::{SessionId, Version};

/// Whether an act was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was.
    Done,
    /// It was refused.
    Refused,
}

/// One act, as the audit keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// What, e.g. `session.answered`, `login.refused`, `user.disabled`.
    pub action: String,
    /// Whether it was done.
    pub verdict: Verdict,
    /// Who: `user:mei`, `token:…`, `guest:…`, `local`, `system`.
    pub actor: String,
    /// The login behind a token, or the name that was only claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// How they proved who they are: `password`, `token`, `jwt` …; absent where nobody must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Which credential, by its public id: never the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// From which address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Under which request id it is logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// On which session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// The session's version after it; of a refusal, the version that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The hash of what was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<String>,
    /// On which other thing: a login, a token's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What else matters: never a secret, never an answer's text.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub detail: Map<String, Value>,
}

impl AuditEntry {
    /// The text that is stored and sealed: canonical JSON, so that equal entries have equal bytes.
    ///
    /// # Errors
    /// When it cannot be told as JSON, which no entry of ours is.
    pub fn canonical(&self) -> Result<String, serde_json::Error> {
        serde_json::to_value(self).map(|value| crate::digest::canonical(&value))
    }
}
