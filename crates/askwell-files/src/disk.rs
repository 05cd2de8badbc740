//! Uploads in a folder of the server's.
//!
//! Invariant: nothing blocks the runtime; a slow upload holds no thread while
//! it waits for its bytes.
//!
//! Neighbours: `upload` writes one file, `layout` knows the places.

#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{BlobError, BlobWrite, Blobs, ByteStream, StoredBlob};
use askwell_core::ids::FileId;
use async_trait::async_trait;
use bytes::BytesMut;
use futures::StreamExt as _;
use tokio::task::spawn_blocking;
use tokio_util::io::ReaderStream;

use crate::layout::{Layout, remove_file};
use crate::upload::{Upload, disk_error};

/// So many bytes are collected before a thread is asked to write them.
const BATCH: usize = 256 * 1024;
/// So many bytes are read at once.
const READ: usize = 64 * 1024;

/// Uploads in a folder of the server's.
#[derive(Clone, Debug)]
pub struct DiskBlobs {
    layout: Arc<Layout>,
}

impl DiskBlobs {
    /// Opens the folder, and makes it (mode 0700) where it is missing. Blocks briefly.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        Ok(Self { layout: Arc::new(Layout::open(path.into())?) })
    }
}

#[async_trait]
impl Blobs for DiskBlobs {
    async fn write(&self, how: BlobWrite, mut bytes: ByteStream) -> Result<StoredBlob, BlobError> {
        let BlobWrite { id, name, max_size } = how;
        let layout = Arc::clone(&self.layout);
        let mut upload = blocking(move || Upload::start(layout, id)).await?;
        let mut left = max_size;
        let mut batch = BytesMut::new();
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(BlobError::Interrupted)?;
            left = left.checked_sub(chunk.len() as u64).ok_or(BlobError::TooLarge { limit: max_size })?;
            batch.extend_from_slice(&chunk);
            if batch.len() >= BATCH {
                let full = batch.split().freeze();
                upload = blocking(move || upload.take(&full)).await?;
            }
        }
        blocking(move || upload.take(&batch)?.finish(&name)).await
    }

    async fn read(&self, id: FileId) -> Result<ByteStream, BlobError> {
        match tokio::fs::File::open(self.layout.path(id)).await {
            Ok(file) => Ok(Box::pin(ReaderStream::with_capacity(file, READ))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(BlobError::Missing),
            Err(error) => Err(BlobError::Unavailable(error)),
        }
    }

    async fn remove(&self, id: FileId) -> Result<(), BlobError> {
        let path = self.layout.path(id);
        blocking(move || remove_file(&path).map(drop).map_err(disk_error)).await
    }

    async fn older_than(&self, age: Duration) -> Result<Vec<FileId>, BlobError> {
        let layout = Arc::clone(&self.layout);
        blocking(move || collect(&layout, age).map_err(disk_error)).await
    }
}

/// Runs what blocks on a thread made for that.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    spawn_blocking(work).await.unwrap_or_else(|panic| Err(BlobError::Unavailable(io::Error::other(panic))))
}

/// The ids of what is older than `age`; what is temporary and older is removed.
fn collect(layout: &Layout, age: Duration) -> io::Result<Vec<FileId>> {
    for (_, path) in older(layout.temporary_folder(), age)? {
        remove_file(&path)?;
    }
    let mut found = Vec::new();
    for folder in std::fs::read_dir(layout.root())? {
        let folder = folder?;
        if !folder.file_type()?.is_dir() {
            continue;
        }
        for (name, path) in older(folder.path(), age)? {
            // Only what lies where we put it: anything else in the folder is somebody else's.
            match name.parse() {
                Ok(id) if layout.path(id) == path => found.push(id),
                _ => {}
            }
        }
    }
    Ok(found)
}

/// Names and paths of the files in a folder that were not written to for `age`.
fn older(folder: PathBuf, age: Duration) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            // Removed, or finished, meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        // Written in the future, as the clock now has it: not old.
        let old = metadata.modified()?.elapsed().is_ok_and(|since| since >= age);
        if let (true, true, Ok(name)) = (old, metadata.is_file(), entry.file_name().into_string()) {
            found.push((name, entry.path()));
        }
    }
    Ok(found)
}
