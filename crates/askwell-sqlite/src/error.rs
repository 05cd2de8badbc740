//! What can go wrong, and what each failure of SQLite means for the engine.

use std::path::PathBuf;

use askwell_app::ports::StoreError;
use rusqlite::ErrorCode;

/// Why a database was not opened. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The linked SQLite is too old to be trusted with a write-ahead log.
    #[error("SQLite {found} is linked, at least {needed} is needed")]
    OldLibrary {
        /// What is linked.
        found: &'static str,
        /// What is needed.
        needed: &'static str,
    },
    /// A newer Askwell has written it.
    #[error("{} has schema {found}, this version knows schemas up to {known}: use the newer Askwell", path.display())]
    Newer {
        /// Which database.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest one that this version knows.
        known: u32,
    },
    /// A migration that it was made with is not the one that this version carries.
    #[error("{} was made with another migration {version} than this version's", path.display())]
    Altered {
        /// Which database.
        path: PathBuf,
        /// Which migration.
        version: u32,
    },
    /// It is the original component's own database.
    #[error(
        "{} is the database of the original component and was not touched: \
         read it into a new one with `askwell import`",
        path.display()
    )]
    Original {
        /// Which file.
        path: PathBuf,
    },
    /// It is something else.
    #[error("{} is not a database of Askwell and was not touched", path.display())]
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// It is older than the audit, and is brought up to it when a server opens it.
    #[error("{} holds no audit yet: it was last opened by an older version; start the server once", path.display())]
    NoAudit {
        /// Which file.
        path: PathBuf,
    },
    /// SQLite would not open it.
    #[error("{} cannot be opened: {source}", path.display())]
    Sqlite {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The system would not give what is needed.
    #[error("{} cannot be opened: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Why there is no copy. None is left behind.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is such a file already.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// The copy does not hold together.
    #[error("the copy is damaged: {0}")]
    Damaged(String),
    /// A database would not be read or written.
    #[error("the copy failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A file would not be written.
    #[error("the copy failed: {0}")]
    Io(#[from] std::io::Error),
}

/// What a failure means for what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// One job does not fit the schema; the others may go on without it.
    Job,
    /// Nothing can be written now, but the next batch may try again: the disk is full, somebody holds the file.
    Passing,
    /// The connection cannot be trusted any more.
    Broken,
}

impl Severity {
    pub(crate) fn of(error: &rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(
                ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::OutOfMemory,
            ) => Self::Passing,
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::InternalMalfunction
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::ApiMisuse,
            ) => Self::Broken,
            _ => Self::Job,
        }
    }
}

/// The failure as the port tells it.
pub(crate) fn store_error(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        _ => StoreError::Unavailable(error.to_string()),
    }
}

/// Why a piece of work was not done.
#[derive(Debug)]
pub(crate) enum Fault {
    /// By its own rules; it has written nothing, and the others of its batch go on.
    Refused(StoreError),
    /// SQLite failed.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// What is said when there is no thread left to do it.
pub(crate) fn closed() -> StoreError {
    StoreError::Unavailable("the database is closed".to_owned())
}
