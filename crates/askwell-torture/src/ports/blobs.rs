//! The planted bug of uploads: acknowledged, and not kept.

use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{BlobError, BlobWrite, Blobs, ByteStream, StoredBlob};
use askwell_core::ids::FileId;
use async_trait::async_trait;

/// The planted bug `lost_upload`.
pub(crate) struct PlantedBlobs(pub(crate) Arc<dyn Blobs>);

#[async_trait]
impl Blobs for PlantedBlobs {
    async fn write(&self, how: BlobWrite, bytes: ByteStream) -> Result<StoredBlob, BlobError> {
        let id = how.id;
        let stored = self.0.write(how, bytes).await?;
        self.0.remove(id).await?;
        Ok(stored)
    }

    async fn read(&self, id: FileId) -> Result<ByteStream, BlobError> {
        self.0.read(id).await
    }

    async fn remove(&self, id: FileId) -> Result<(), BlobError> {
        self.0.remove(id).await
    }

    async fn older_than(&self, age: Duration) -> Result<Vec<FileId>, BlobError> {
        self.0.older_than(age).await
    }
}
