//! What is there afterwards: the lists and the feed over REST, the uploads, and what receivers were sent.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::clients::Rest;
use crate::clients::receiver::Call;
use crate::ledger::Ledger;

/// What is there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// All sessions, by id.
    pub(crate) sessions: BTreeMap<String, Value>,
    /// The feed from its beginning.
    pub(crate) events: Vec<Value>,
    /// SHA-256 of the bytes of each acknowledged upload, or why there are none; by session and file.
    pub(crate) files: BTreeMap<(String, String), Result<String, String>>,
    /// What the receiver was sent; none where there is no receiver.
    pub(crate) calls: Option<Vec<Call>>,
    /// `/api/statistics`.
    pub(crate) statistics: Value,
}

impl Seen {
    /// Reads all that there is.
    ///
    /// # Errors
    /// The server does not answer.
    #[expect(clippy::unused_async, reason = "not written yet")]
    pub(crate) async fn collect(_rest: &Rest, _ledger: &Ledger) -> anyhow::Result<Self> {
        Ok(Self::default())
    }
}
