//! Storage of the audit: append-only, chained.

use askwell_core::audit::AuditEntry;
use askwell_core::ids::SessionId;
use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;

/// An entry in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    /// Its number: 1, 2, 3 … without a hole.
    pub number: u64,
    /// What it says.
    pub entry: AuditEntry,
}

/// What closes a batch of entries: changed nothing before it, or the hash would differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The first entry that it closes.
    pub first: u64,
    /// The last.
    pub last: u64,
    /// SHA-256 over the seal before it and all entries that it closes.
    pub hash: [u8; 32],
}

/// A seal with the entries that it closes, as they are stored: evidence, not to be told otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBatch {
    /// Number and canonical text of each.
    pub entries: Vec<(u64, String)>,
    /// What closes them.
    pub seal: Seal,
}

/// Which entries to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Of this actor.
    pub actor: Option<String>,
    /// Whose action begins so.
    pub action: Option<String>,
    /// On this session.
    pub session: Option<SessionId>,
    /// At or after.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Only before this number, for the next page: newest come first.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: usize,
}

/// Storage of the audit.
#[async_trait]
pub trait AuditStore: Send + Sync + 'static {
    /// Appends entries that come with no other change. Returns when they are on disk.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Full`], [`StoreError::Overloaded`].
    async fn record(&self, entries: Vec<AuditEntry>) -> Result<(), StoreError>;

    /// A page, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditRow>, StoreError>;

    /// The entries after this number, the last of a batch, oldest first: as many whole batches as hold about
    /// `limit` entries, and one at least, if there is any.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn sealed(&self, after: u64, limit: usize) -> Result<Vec<SealedBatch>, StoreError>;
}
