//! How connections are opened: one way for the writer, one for those that only read.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use askwell_app::ports::OnCommit;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OpenFlags};

use crate::Synchronous;

/// How long a connection waits for another that holds what it needs.
pub(crate) const BUSY: Duration = Duration::from_secs(5);

/// What the threads of one store know of each other.
#[derive(Default)]
pub(crate) struct Shared {
    /// Commits can be acknowledged.
    pub(crate) writable: AtomicBool,
    /// A checkpoint met a failing disk: the writer must prove itself again.
    pub(crate) suspect: AtomicBool,
    /// A checkpoint has just copied nearly all of the log.
    pub(crate) nearly_copied: AtomicBool,
    /// Pages in the log after the last commit.
    pub(crate) wal_pages: AtomicU32,
    /// The database's size limit in pages; 0: none.
    pub(crate) max_pages: AtomicU32,
    hook: Mutex<Option<OnCommit>>,
}

impl Shared {
    pub(crate) fn set_hook(&self, hook: OnCommit) {
        *self.hook.lock().unwrap_or_else(PoisonError::into_inner) = Some(hook);
    }

    pub(crate) fn hook(&self) -> Option<OnCommit> {
        self.hook.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Opens connections to one database.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) path: PathBuf,
    pub(crate) vfs: Option<String>,
    pub(crate) synchronous: Synchronous,
    pub(crate) shared: Arc<Shared>,
}

impl Connector {
    /// The one connection that writes.
    pub(crate) fn writer(&self) -> rusqlite::Result<Connection> {
        let mut conn = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        self.tune(&conn, 16_000)?;
        conn.query_row("PRAGMA wal_autocheckpoint = 0", [], |_| Ok(()))?;
        let max_pages = self.shared.max_pages.load(Ordering::Relaxed);
        if max_pages > 0 {
            conn.query_row(&format!("PRAGMA max_page_count = {max_pages}"), [], |_| Ok(()))?;
        }
        let shared = Arc::clone(&self.shared);
        conn.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            shared.wal_pages.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(conn)
    }

    /// A connection that copies the log into the database.
    pub(crate) fn checkpointer(&self) -> rusqlite::Result<Connection> {
        let conn = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        self.tune(&conn, 1_000)?;
        Ok(conn)
    }

    /// A connection that only reads.
    pub(crate) fn reader(&self) -> rusqlite::Result<Connection> {
        let conn = self.open(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        self.tune(&conn, 4_000)?;
        conn.create_scalar_function(
            "contains_folded",
            2,
            FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
            |context| {
                let text = context.get_raw(0).as_str_or_null().ok().flatten().unwrap_or("");
                let folded = context.get_raw(1).as_str()?;
                Ok(text.to_lowercase().contains(folded))
            },
        )?;
        Ok(conn)
    }

    /// A connection that only reads, and sets up nothing: also for a file that may not be ours.
    pub(crate) fn stranger(path: &Path, vfs: Option<&str>) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = match vfs {
            Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
            None => Connection::open_with_flags(path, flags)?,
        };
        conn.busy_timeout(BUSY)?;
        Ok(conn)
    }

    fn open(&self, flags: OpenFlags) -> rusqlite::Result<Connection> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = match &self.vfs {
            Some(vfs) => Connection::open_with_flags_and_vfs(&self.path, flags, vfs.as_str())?,
            None => Connection::open_with_flags(&self.path, flags)?,
        };
        conn.busy_timeout(BUSY)?;
        conn.set_prepared_statement_cache_capacity(128);
        Ok(conn)
    }

    fn tune(&self, conn: &Connection, cache_kib: u32) -> rusqlite::Result<()> {
        conn.pragma_update(None, "synchronous", self.synchronous.as_str())?;
        // Where an fsync alone does not reach the medium (macOS), ask for the one that does.
        let full = self.synchronous == Synchronous::Full;
        conn.pragma_update(None, "fullfsync", full)?;
        conn.pragma_update(None, "checkpoint_fullfsync", full)?;
        conn.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
        conn.pragma_update(None, "temp_store", "memory")
    }
}
