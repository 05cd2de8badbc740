//! Uploads that live in memory.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::Duration;

use askwell_app::ports::{BlobError, BlobWrite, Blobs, ByteStream, StoredBlob};
use askwell_core::ids::FileId;
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use sha2::{Digest, Sha256};

/// Uploads that live in memory. They have no age: each is older than any.
#[derive(Debug, Default)]
pub struct MemoryBlobs {
    blobs: Mutex<HashMap<FileId, Bytes>>,
}

impl MemoryBlobs {
    /// Whether there are such bytes.
    #[must_use]
    pub fn contains(&self, id: FileId) -> bool {
        self.blobs.lock().unwrap().contains_key(&id)
    }

    /// A stream of one piece, as a request's body would be.
    #[must_use]
    pub fn stream(bytes: &[u8]) -> ByteStream {
        let piece = Ok(Bytes::copy_from_slice(bytes));
        Box::pin(futures::stream::iter([piece]))
    }
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn write(&self, how: BlobWrite, mut bytes: ByteStream) -> Result<StoredBlob, BlobError> {
        let mut all = Vec::new();
        while let Some(piece) = bytes.next().await {
            all.extend_from_slice(&piece.map_err(BlobError::Interrupted)?);
            if all.len() as u64 > how.max_size {
                return Err(BlobError::TooLarge { limit: how.max_size });
            }
        }
        let sha256 = Sha256::digest(&all).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let content_type = if std::str::from_utf8(&all).is_ok() { "text/plain" } else { "application/octet-stream" };
        let stored = StoredBlob { size: all.len() as u64, sha256, content_type: content_type.to_owned() };
        self.blobs.lock().unwrap().insert(how.id, all.into());
        Ok(stored)
    }

    async fn read(&self, id: FileId) -> Result<ByteStream, BlobError> {
        let bytes = self.blobs.lock().unwrap().get(&id).cloned().ok_or(BlobError::Missing)?;
        Ok(Self::stream(&bytes))
    }

    async fn remove(&self, id: FileId) -> Result<(), BlobError> {
        self.blobs.lock().unwrap().remove(&id);
        Ok(())
    }

    async fn older_than(&self, _age: Duration) -> Result<Vec<FileId>, BlobError> {
        let mut ids: Vec<_> = self.blobs.lock().unwrap().keys().copied().collect();
        ids.sort_unstable();
        Ok(ids)
    }
}
