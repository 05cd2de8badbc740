//! The bytes of uploads.

use std::pin::Pin;
use std::time::Duration;

use askwell_core::ids::FileId;
use async_trait::async_trait;
use bytes::Bytes;
use futures::Stream;

/// Bytes as they come, or what broke.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, std::io::Error>> + Send>>;

/// How bytes are to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobWrite {
    /// Under which id.
    pub id: FileId,
    /// The person's name for it: judges the type together with the content.
    pub name: String,
    /// At most so many bytes.
    pub max_size: u64,
}

/// Bytes that are on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBlob {
    /// How many.
    pub size: u64,
    /// Lower-case hex.
    pub sha256: String,
    /// Judged by content: magic numbers, else UTF-8 text by its name, else `application/octet-stream`.
    pub content_type: String,
}

/// Why bytes could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// More bytes came than allowed.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// How many are allowed.
        limit: u64,
    },
    /// The sender went away.
    #[error("the upload broke off: {0}")]
    Interrupted(std::io::Error),
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// There are no such bytes.
    #[error("no such file")]
    Missing,
    /// The disk failed.
    #[error("files are unavailable: {0}")]
    Unavailable(std::io::Error),
}

/// The bytes of uploads.
#[async_trait]
pub trait Blobs: Send + Sync + 'static {
    /// Streams bytes to disk: temporary file, hash on the way, fsync, rename, fsync of the folder.
    ///
    /// # Errors
    /// [`BlobError`]; nothing is left behind then.
    async fn write(&self, how: BlobWrite, bytes: ByteStream) -> Result<StoredBlob, BlobError>;

    /// The bytes of an upload.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Unavailable`].
    async fn read(&self, id: FileId) -> Result<ByteStream, BlobError>;

    /// Removes bytes; it is no error when there are none.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    async fn remove(&self, id: FileId) -> Result<(), BlobError>;

    /// Ids of all bytes that lie there for longer than `age`, temporary ones removed on the way.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    async fn older_than(&self, age: Duration) -> Result<Vec<FileId>, BlobError>;
}
