//! Uploads: bytes to disk first, then the row, then the answer that names it.

use askwell_core::access::Action;
use askwell_core::ids::{FileId, SessionId};
use askwell_core::interaction::FileFact;

use crate::app::App;
use crate::caller::Caller;
use crate::error::{AppError, Noun};
use crate::ports::{BlobWrite, ByteStream, FileRoom, FileRow, StoreError};

/// An upload as it comes in.
pub struct Upload {
    /// The person's name for it.
    pub name: String,
    /// The bytes.
    pub bytes: ByteStream,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload").field("name", &self.name).finish_non_exhaustive()
    }
}

/// An upload as it goes out.
pub struct Download {
    /// What is known of it.
    pub file: FileRow,
    /// The bytes.
    pub bytes: ByteStream,
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download").field("file", &self.file).finish_non_exhaustive()
    }
}

impl App {
    /// Stores an upload for the answer of an open session.
    ///
    /// # Errors
    /// [`AppError::UploadNotExpected`], [`AppError::FileTooLarge`], [`AppError::QuotaExceeded`],
    /// [`AppError::Invalid`] for a type that is not accepted, and those of the store.
    pub async fn upload(&self, caller: &Caller, session: SessionId, upload: Upload) -> Result<FileRow, AppError> {
        let inner = &self.inner;
        let stored = self.readable(caller, session).await?;
        self.require(caller, Action::Respond, Some(&stored.session))?;
        if stored.session.status.is_closed() || stored.session.state.deadline.is_due(&inner.clock.now()) {
            return Err(AppError::UploadNotExpected);
        }
        let interaction = stored.session.opened.interaction.interaction().map_err(AppError::Unavailable)?;
        if !interaction.takes_files() {
            return Err(AppError::UploadNotExpected);
        }
        let limits = inner.settings.files;
        let free = limits.quota.saturating_sub(inner.store.files_total().await?);
        if free == 0 {
            return Err(AppError::QuotaExceeded { limit: limits.quota });
        }
        let max_size = interaction.max_file_size().unwrap_or(limits.max_size).min(free);
        let id = inner.ids.file();
        let write = BlobWrite { id, name: upload.name.clone(), max_size };
        let blob = inner.blobs.write(write, upload.bytes).await?;
        let fact = FileFact { id, name: upload.name, size: blob.size, content_type: blob.content_type };
        let row = match interaction.accepts_file(&fact, "/file") {
            Ok(()) => FileRow {
                id,
                session,
                name: fact.name,
                size: fact.size,
                content_type: fact.content_type,
                sha256: blob.sha256,
                created_at: inner.clock.now().wall,
                answered: false,
            },
            Err(finding) => return self.drop_blob(id, AppError::Invalid(vec![finding])).await,
        };
        let room = FileRoom { per_session: limits.max_per_session, total: limits.quota };
        match inner.store.add_file(row.clone(), room).await {
            Ok(()) => Ok(row),
            Err(StoreError::QuotaUsed) => self.drop_blob(id, AppError::QuotaExceeded { limit: limits.quota }).await,
            Err(StoreError::Stale) => self.drop_blob(id, AppError::UploadNotExpected).await,
            Err(error) => self.drop_blob(id, error.into()).await,
        }
    }

    /// Bytes without a row are nobody's; should removing them fail, the clean-up finds them.
    async fn drop_blob<T>(&self, id: FileId, error: AppError) -> Result<T, AppError> {
        if let Err(remove) = self.inner.blobs.remove(id).await {
            tracing::warn!(file = %id, error = %remove, "cannot remove a refused upload now");
        }
        Err(error)
    }

    /// An upload of a session.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Unavailable`].
    pub async fn download(&self, caller: &Caller, session: SessionId, id: FileId) -> Result<Download, AppError> {
        let file = self.file_of(caller, session, id).await?;
        let bytes = self.inner.blobs.read(id).await?;
        Ok(Download { file, bytes })
    }

    /// The uploads of a session, oldest first.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Unavailable`].
    pub async fn files(&self, caller: &Caller, session: SessionId) -> Result<Vec<FileRow>, AppError> {
        self.readable(caller, session).await?;
        Ok(self.inner.store.files(session).await?)
    }

    /// Removes an upload before the answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::UploadNotExpected`] when it belongs to an answer.
    pub async fn remove_file(&self, caller: &Caller, session: SessionId, id: FileId) -> Result<(), AppError> {
        let file = self.file_of(caller, session, id).await?;
        let stored = self.readable(caller, session).await?;
        self.require(caller, Action::Respond, Some(&stored.session))?;
        if file.answered || !self.inner.store.remove_file(id).await? {
            return Err(AppError::UploadNotExpected);
        }
        Ok(self.inner.blobs.remove(id).await?)
    }

    async fn file_of(&self, caller: &Caller, session: SessionId, id: FileId) -> Result<FileRow, AppError> {
        self.readable(caller, session).await?;
        let file = self.inner.store.file(id).await?;
        file.filter(|file| file.session == session).ok_or(AppError::NotFound(Noun::File))
    }

    /// What the decision needs to know of a session's uploads.
    pub(crate) async fn file_facts(&self, session: SessionId) -> Result<Vec<FileFact>, AppError> {
        let rows = self.inner.store.files(session).await?;
        let fact =
            |row: FileRow| FileFact { id: row.id, name: row.name, size: row.size, content_type: row.content_type };
        Ok(rows.into_iter().map(fact).collect())
    }
}
