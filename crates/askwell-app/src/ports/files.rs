//! Storage of what is known of uploads. Their bytes are in [`super::Blobs`].

use askwell_core::ids::{FileId, SessionId};
use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;

/// What is known of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Its id.
    pub id: FileId,
    /// The session it was uploaded for.
    pub session: SessionId,
    /// The person's name for it: metadata only, never a path.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Judged by content.
    pub content_type: String,
    /// Lower-case hex.
    pub sha256: String,
    /// When its row was written; its bytes were on disk before.
    pub created_at: Timestamp,
    /// Whether it belongs to an answer.
    pub answered: bool,
}

/// How much room there is for uploads; judged where they are recorded, so that many at once cannot exceed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRoom {
    /// The most files of one session.
    pub per_session: usize,
    /// All files together, in bytes.
    pub total: u64,
}

/// Storage of what is known of uploads.
#[async_trait]
pub trait FileStore: Send + Sync + 'static {
    /// Records an upload whose bytes are on disk, if its session is still open and there is room.
    ///
    /// # Errors
    /// [`StoreError::Stale`]: the session is closed or has all the files it may have.
    /// [`StoreError::QuotaUsed`]: all uploads together would be too large.
    async fn add_file(&self, file: FileRow, room: FileRoom) -> Result<(), StoreError>;

    /// The uploads of a session, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn files(&self, session: SessionId) -> Result<Vec<FileRow>, StoreError>;

    /// One upload.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn file(&self, id: FileId) -> Result<Option<FileRow>, StoreError>;

    /// Removes an upload that belongs to no answer. `false`: there is none such.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Full`].
    async fn remove_file(&self, id: FileId) -> Result<bool, StoreError>;

    /// Bytes of all uploads, kept with each change, never by a scan.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn files_total(&self) -> Result<u64, StoreError>;

    /// At most `limit` uploads that belong to no answer and whose session closed before `before`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn orphan_files(&self, before: Timestamp, limit: usize) -> Result<Vec<FileRow>, StoreError>;
}
