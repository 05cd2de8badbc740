//! Storage of sessions and of what happened to them.

use std::fmt;
use std::sync::Arc;

use askwell_core::audit::AuditEntry;
use askwell_core::ids::{FileId, SessionId, Version};
use askwell_core::{Event, Now, Session, Status};
use async_trait::async_trait;
use jiff::Timestamp;

use super::NewDelivery;
use crate::caller::Credential;

/// A place in the feed: opaque, strictly increasing as text. Nothing ever
/// becomes visible at or below a cursor that was already handed out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cursor(pub Arc<str>);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A requester's own name for a create, scoped to the principal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    /// Whose key it is.
    pub principal: String,
    /// The key.
    pub key: String,
}

/// SHA-256 over the canonical body, without the key itself.
pub type BodyHash = [u8; 32];

/// Which queue a commit waits in. Decisions have reserved places, so that a
/// flood of creates cannot starve people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// New sessions.
    Open,
    /// Answers, expiries and all else.
    Decide,
}

/// A session, what happened to it, and what that owes to whom: stored together or not at all.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The version that the events were decided against; [`Version::NONE`] for a new session.
    pub expected: Version,
    /// The session after the events.
    pub session: Session,
    /// At least one.
    pub events: Vec<Event>,
    /// Callbacks owed because of the events.
    pub deliveries: Vec<NewDelivery>,
    /// The key under which a repeated create finds this session.
    pub idempotency: Option<(IdempotencyKey, BodyHash)>,
    /// Uploads that belong to the answer; each must be ready and of this session.
    pub files: Vec<FileId>,
    /// What must still stand of whoever asked for it.
    pub standing: Option<Arc<Credential>>,
    /// What the audit says of it.
    pub audit: Option<AuditEntry>,
    /// Which queue it waits in.
    pub lane: Lane,
}

/// A commit that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Whose.
    pub session: SessionId,
    /// The cursor of its last event.
    pub cursor: Cursor,
    /// When the clock must look at the session again; `None` once closed.
    pub wakes_at: Option<Timestamp>,
    /// Whether it owes a callback.
    pub owes_delivery: bool,
}

/// Called once after each batch, with all that became durable in it. Must not block.
pub type OnCommit = Arc<dyn Fn(&[Committed]) + Send + Sync>;

/// Why the store did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The session has another version than expected.
    #[error("the session changed meanwhile")]
    Stale,
    /// The idempotency key was used before.
    #[error("the idempotency key was used before")]
    KeyTaken {
        /// By the create of this session.
        session: SessionId,
        /// Whether that had the same body.
        same_body: bool,
    },
    /// Whoever asked for it was let in by something that no longer stands.
    #[error("what the caller was let in by no longer stands")]
    NotStanding,
    /// There would be no administrator left, or there is one already.
    #[error("the rule about administrators does not hold")]
    Admins,
    /// A named upload is not ready, or not of this session.
    #[error("a file is not ready")]
    FileNotReady,
    /// A cursor or a page's place that this engine never gave out.
    #[error("not a place of ours")]
    InvalidPlace,
    /// All uploads together would be larger than the owner allows.
    #[error("the quota for files is used up")]
    QuotaUsed,
    /// Too much is queued.
    #[error("too much is queued")]
    Overloaded,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The database cannot be used now. The text is for the log.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
}

/// A session and the cursor of its last event.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSession {
    /// The session.
    pub session: Session,
    /// The cursor of its last event.
    pub cursor: Cursor,
}

/// An event as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// Its place in the feed.
    pub cursor: Cursor,
    /// Whose.
    pub session: SessionId,
    /// The session's version after it.
    pub version: Version,
    /// What and when.
    pub event: Event,
}

/// What a list is ordered by. Ties fall to the id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Newest first.
    #[default]
    CreatedDesc,
    /// Oldest first.
    CreatedAsc,
    /// Next deadline first.
    ExpiresAsc,
    /// Last changed first.
    UpdatedDesc,
}

/// Whose sessions are looked at: what one may not see does not exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Visible {
    /// Everybody's.
    #[default]
    All,
    /// Everybody's, of workflows that begin so.
    Workflows(String),
    /// Those with a row for any of these subjects, as [`askwell_core::access::subjects`] makes them.
    To {
        /// Whose rows.
        subjects: Vec<String>,
        /// Whether sessions that name nobody are among them.
        everybody: Everybody,
        /// Only workflows that begin so.
        workflow_prefix: Option<String>,
    },
    /// This one alone.
    Only(SessionId),
}

/// Whether sessions that name nobody are visible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Everybody {
    /// They are.
    Seen,
    /// They are not.
    #[default]
    Unseen,
}

/// Which sessions to list. Empty vectors and `None` do not filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionQuery {
    /// Whose.
    pub visible: Visible,
    /// Any of these statuses.
    pub statuses: Vec<Status>,
    /// Any of these kinds.
    pub kinds: Vec<String>,
    /// This workflow.
    pub workflow_id: Option<String>,
    /// This assignee.
    pub assignee: Option<String>,
    /// Attempts at the same node (`interaction_data.node_id`).
    pub node_id: Option<String>,
    /// All of these tags.
    pub tags: Vec<String>,
    /// Title or message contains this, whatever the case.
    pub text: Option<String>,
    /// Created at or after.
    pub created_after: Option<Timestamp>,
    /// Created before.
    pub created_before: Option<Timestamp>,
    /// In this order.
    pub order: Order,
    /// At most so many.
    pub limit: usize,
    /// Continue after this opaque place of a former page.
    pub place: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionPage {
    /// The sessions.
    pub sessions: Vec<StoredSession>,
    /// How many open sessions match in all.
    pub total_open: u64,
    /// Where the next page starts, if there is one.
    pub next: Option<String>,
}

/// Sessions that the clock must look at.
#[derive(Clone, Debug, Default)]
pub struct Due {
    /// Due now, the longest overdue first.
    pub sessions: Vec<Session>,
    /// When the next one will be, if none is left out here. On the wall clock.
    pub next: Option<Timestamp>,
}

/// Counts that are kept with each commit, never by a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Held by nobody.
    pub pending: u64,
    /// Claimed.
    pub active: u64,
    /// Answered.
    pub completed: u64,
    /// Timed out.
    pub timeout: u64,
    /// Cancelled.
    pub cancelled: u64,
    /// Failed.
    pub error: u64,
}

/// Which part of the feed is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedSpan {
    /// The smallest `after` for which nothing is missing.
    pub earliest: Cursor,
    /// The cursor of the last event.
    pub latest: Cursor,
}

/// Storage of sessions and of what happened to them.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Stores the session and what happened to it, or nothing at all. Returns
    /// only when it is on disk.
    ///
    /// # Errors
    /// Every arm of [`StoreError`]; nothing is stored then.
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError>;

    /// Sets the one hook that is called after each batch.
    fn on_commit(&self, hook: OnCommit);

    /// One session.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn session(&self, id: SessionId) -> Result<Option<StoredSession>, StoreError>;

    /// A page of sessions. Under a filter the engine may examine only so many
    /// closed sessions at a time: a page can then be short, or empty, and still
    /// have a next one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::InvalidPlace`].
    async fn sessions(&self, query: SessionQuery) -> Result<SessionPage, StoreError>;

    /// How many sessions that this login asked for are open; not those that somebody else asked for it. Read by index:
    /// it costs nothing for other sessions, nor for closed ones. What is being committed meanwhile may be missing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn count_open(&self, login: &str) -> Result<u64, StoreError>;

    /// The session that a create with this key opened before, and the hash of that create's body.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn keyed(&self, key: &IdempotencyKey) -> Result<Option<(SessionId, BodyHash)>, StoreError>;

    /// At most `limit` of the visible open reviews after this one, oldest first. Costs nothing for other sessions, and
    /// little for reviews that are not visible: they are not read.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn open_reviews(
        &self,
        visible: Visible,
        after: Option<SessionId>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError>;

    /// How many visible reviews are open.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn count_open_reviews(&self, visible: Visible) -> Result<u64, StoreError>;

    /// The newest visible review that goes by this name: several requesters may use one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn review_named(&self, visible: Visible, request_id: &str) -> Result<Option<StoredSession>, StoreError>;

    /// At most `limit` sessions that are due at `now`, and when the next will be.
    /// Costs nothing for those that are not due, nor for closed ones.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn due(&self, now: Now, limit: usize) -> Result<Due, StoreError>;

    /// The cursor with this text; `None` if it is not one that this engine gives out.
    fn parse_cursor(&self, text: &str) -> Option<Cursor>;

    /// Events after a cursor, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::InvalidPlace`].
    async fn events(&self, after: Cursor, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;

    /// The event at this cursor; `None` where it is the beginning of the feed, or no longer kept.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::InvalidPlace`].
    async fn event(&self, at: Cursor) -> Result<Option<StoredEvent>, StoreError>;

    /// All events of one session, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn history(&self, id: SessionId) -> Result<Vec<StoredEvent>, StoreError>;

    /// Which part of the feed is kept.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn feed_span(&self) -> Result<FeedSpan, StoreError>;

    /// The counts of what is visible.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn statistics(&self, visible: Visible) -> Result<Statistics, StoreError>;

    /// Records that the answer was picked up (`by`: `callback` or `waiter`), the
    /// first time only. Not part of the session's history: it may be written with
    /// a later batch, and is lost if the process dies before that.
    fn note_pickup(&self, id: SessionId, by: &'static str, at: Timestamp);

    /// When and by what the answer was picked up.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn pickup(&self, id: SessionId) -> Result<Option<(String, Timestamp)>, StoreError>;

    /// Removes at most `limit` sessions that closed before `before`, whose
    /// callbacks are settled, with their events, deliveries, uploads' rows and keys.
    /// Returns the removed sessions.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Full`].
    async fn purge(&self, before: Timestamp, limit: usize) -> Result<Vec<SessionId>, StoreError>;

    /// Whether commits can be acknowledged right now.
    fn is_writable(&self) -> bool;
}
