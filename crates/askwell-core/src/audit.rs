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

/// One act, as the audit keeps it. Fields are in the order of the canonical form, so that it is written in one go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// What, e.g. `session.answered`, `login.refused`, `user.disabled`.
    pub action: String,
    /// Who: `user:mei`, `token:…`, `guest:…`, `local`, `system`.
    pub actor: String,
    /// From which address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The hash of what was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<String>,
    /// Which credential, by its public id: never the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// What else matters: never a secret, never an answer's text.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub detail: Map<String, Value>,
    /// How they proved who they are: `password`, `token`, `jwt` …; absent where nobody must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The login behind a token, or the name that was only claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// Under which request id it is logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// On which session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// On which other thing: a login, a token's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Whether it was done.
    pub verdict: Verdict,
    /// The session's version after it; of a refusal, the version that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
}

impl AuditEntry {
    /// The text that is stored and sealed: canonical JSON, so that equal entries have equal bytes.
    ///
    /// # Errors
    /// When it cannot be told as JSON, which no entry of ours is.
    pub fn canonical(&self) -> Result<String, serde_json::Error> {
        if self.detail.is_empty() {
            // Keys in order, no number with a fraction: it is canonical as it is written.
            return serde_json::to_string(self);
        }
        serde_json::to_value(self).map(|value| crate::digest::canonical(&value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn is_written_in_its_canonical_form_at_once() {
        let every: String = (0..0x300).filter_map(char::from_u32).chain("\u{2028}\u{fffe}😀".chars()).collect();
        let bare = json!({"at": "2026-01-01T00:00:00Z", "action": every, "verdict": "done", "actor": "local"});
        let full = json!({"at": "2026-01-01T00:00:00.001Z", "action": "a", "verdict": "refused", "actor": every,
            "on_behalf_of": every, "method": "token", "credential": "c", "address": "::1", "request_id": "r",
            "session": "00000000-0003-7000-8000-000000000001", "version": u64::MAX, "content_hash": "h", "subject": every});
        for value in [bare, full] {
            let entry: AuditEntry = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(entry.canonical().unwrap(), crate::digest::canonical(&value));
            let with = AuditEntry { detail: Map::from_iter([("n".to_owned(), json!(1.0))]), ..entry };
            assert!(with.canonical().unwrap().contains(r#""detail":{"n":1}"#));
        }
    }
}
