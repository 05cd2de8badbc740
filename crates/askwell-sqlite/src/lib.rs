//! The embedded engine: one SQLite file, one thread that writes, a few that read.
//!
//! Job: the storage ports of `askwell-app`. Invariants: nothing is acknowledged
//! that is not on disk; a reader sees every acknowledged commit; cursors are
//! given out in the order in which they become visible, because one thread
//! gives them out. Neighbours: `askwell-app::ports` above, nothing below.
//!
//! ```text
//!  commit ─┐                 ┌─ one transaction ─ COMMIT ─ hook ─ answers
//!  settle ─┼─ queue ─ writer ┤
//!  purge  ─┘  (two lanes)    └─ log is long? ─► checkpoints copy it
//!  session, list, events ─ readers
//! ```

mod accounts;
mod audit;
mod backup;
mod batch;
mod checkpoints;
mod commits;
mod connect;
mod deliveries;
mod due;
mod eligible;
mod error;
mod files;
mod list;
mod migrations;
mod purge;
mod queue;
mod readers;
mod reviews;
mod rows;
mod sessions;
#[cfg(test)]
mod steps;
mod visible;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use askwell_app::ports::{Lane, StoreError};
use rusqlite::Connection;
use rusqlite::wal::CheckpointMode;

pub use self::audit::{AuditLog, AuditLogError};
pub use self::backup::backup;
pub use self::error::{BackupError, OpenError};

use self::batch::{Batch, Task};
use self::connect::{Connector, Shared};
use self::error::{Fault, Severity, closed};
use self::queue::{Bounds, Queue};
use self::readers::{Readers, StartError};
use self::writer::Writer;

/// The oldest SQLite whose write-ahead log is trusted.
const OLDEST_LIBRARY: (i32, &str) = (3_051_003, "3.51.3");

/// When a commit counts as being on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// After an fsync of each batch: survives power loss.
    #[default]
    Full,
    /// Without one: survives the end of the process, not power loss.
    Normal,
}

impl Synchronous {
    fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Normal => "normal",
        }
    }
}

/// How a database is opened.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// The file; made if there is none.
    pub path: PathBuf,
    /// When a commit counts as being on disk.
    pub synchronous: Synchronous,
    /// The name of a registered VFS, in place of the system's files.
    pub vfs: Option<String>,
    /// The largest size, in pages of 4096 bytes.
    pub max_pages: Option<u32>,
    /// How many threads read.
    pub readers: usize,
    /// How many jobs one transaction holds at most.
    pub batch: usize,
    /// How many jobs wait in each lane at most, and how many reads.
    pub queue: usize,
}

impl SqliteOptions {
    /// The defaults for a database at `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            synchronous: Synchronous::Full,
            vfs: None,
            max_pages: None,
            readers: 3,
            batch: 512,
            queue: 8_192,
        }
    }
}

struct Threads {
    writer: JoinHandle<Option<Connection>>,
    checkpoints: JoinHandle<()>,
    /// The checkpoint thread ends when the last sender is gone.
    _requests: SyncSender<()>,
}

/// The engine. Shared by reference; closed by [`SqliteStore::close`] or when dropped.
pub struct SqliteStore {
    connector: Connector,
    queue: Arc<Queue>,
    readers: Arc<Readers>,
    threads: Arc<Mutex<Option<Threads>>>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.connector.path).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens a database, makes it if there is none, and brings it to the newest schema.
    ///
    /// # Errors
    /// [`OpenError`]; a database that is not ours, or that a newer version has written, is not touched.
    pub fn open(options: SqliteOptions) -> Result<Self, OpenError> {
        if rusqlite::version_number() < OLDEST_LIBRARY.0 {
            return Err(OpenError::OldLibrary { found: rusqlite::version(), needed: OLDEST_LIBRARY.1 });
        }
        let path = options.path.clone();
        let failed = |source: rusqlite::Error| OpenError::Sqlite { path: path.clone(), source };
        if std::fs::metadata(&path).is_ok_and(|found| found.len() > 0) {
            migrations::recognise(&Connector::stranger(&path, options.vfs.as_deref()).map_err(failed)?, &path)?;
        }
        let shared = Arc::new(Shared::default());
        shared.max_pages.store(options.max_pages.unwrap_or(0), Ordering::Relaxed);
        let connector = Connector { path: path.clone(), vfs: options.vfs, synchronous: options.synchronous, shared };
        let mut conn = connector.writer().map_err(failed)?;
        copy_former_log(&conn, &connector).map_err(failed)?;
        migrations::run(&mut conn).map_err(failed)?;
        Self::start(connector, conn, options.readers, options.batch.max(2), options.queue.max(1)).map_err(|error| {
            match error {
                StartError::Sqlite(source) => failed(source),
                StartError::Io(source) => OpenError::Io { path: path.clone(), source },
            }
        })
    }

    fn start(
        connector: Connector,
        conn: Connection,
        readers: usize,
        batch: usize,
        lane: usize,
    ) -> Result<Self, StartError> {
        let queue = Arc::new(Queue::new(Bounds { lane, batch, reserved: batch / 2 }));
        if connector.shared.suspect.load(Ordering::Acquire) {
            queue.nudge();
        }
        let readers = Arc::new(Readers::start(&connector, readers, lane)?);
        let (requests, receiver) = sync_channel(1);
        let checkpoints = {
            let (connector, queue) = (connector.clone(), Arc::clone(&queue));
            let thread = std::thread::Builder::new().name("sqlite-copy".to_owned());
            thread.spawn(move || checkpoints::run(&connector, &queue, &receiver))?
        };
        let writer = Writer::new(conn, Arc::clone(&queue), connector.clone(), requests.clone());
        let writer = std::thread::Builder::new().name("sqlite-write".to_owned()).spawn(move || writer.run())?;
        let threads = Threads { writer, checkpoints, _requests: requests };
        Ok(Self { connector, queue, readers, threads: Arc::new(Mutex::new(Some(threads))) })
    }

    /// Finishes what is queued, copies the whole log into the database and ends the threads.
    /// All that comes after it is refused.
    pub async fn close(&self) {
        let (queue, readers, threads) = (Arc::clone(&self.queue), Arc::clone(&self.readers), Arc::clone(&self.threads));
        let stopped = tokio::task::spawn_blocking(move || stop(&queue, &readers, &threads)).await;
        if let Err(error) = stopped {
            tracing::error!(%error, "closing the database broke off");
        }
    }

    /// Copies the database to `to` while it is in use, and checks the copy.
    ///
    /// # Errors
    /// [`BackupError::Exists`] leaves the file as it was; after any other error there is no copy.
    pub async fn backup(&self, to: &Path) -> Result<(), BackupError> {
        let (from, vfs, to) = (self.connector.path.clone(), self.connector.vfs.clone(), to.to_owned());
        tokio::task::spawn_blocking(move || backup::copy_with(&from, vfs.as_deref(), &to))
            .await
            .unwrap_or_else(|error| Err(BackupError::Io(std::io::Error::other(error))))
    }

    /// Sets the largest size, in pages.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn set_max_pages(&self, pages: u32) -> Result<(), StoreError> {
        self.connector.shared.max_pages.store(pages, Ordering::Relaxed);
        self.write(Lane::Decide, move |batch| {
            Ok(batch.conn.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?)
        })
        .await
    }

    /// Has the writer do `work` within its next batch; returns when that is on disk.
    async fn write<T, F>(&self, lane: Lane, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Batch<'_>) -> Result<T, Fault> + Send + 'static,
    {
        if !self.writable() {
            return Err(StoreError::Unavailable("the database is closed, or its disk has failed".to_owned()));
        }
        let (task, answer) = Task::new(work);
        self.queue.push(lane, Box::new(task))?;
        answer.await.map_err(|_| closed())?.0
    }

    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        self.readers.read(work).await
    }

    fn shared(&self) -> &Shared {
        &self.connector.shared
    }

    fn queue(&self) -> &Queue {
        &self.queue
    }

    fn writable(&self) -> bool {
        self.shared().writable.load(Ordering::Acquire)
    }
}

/// Copies what a former process has left in the log into the database, before anything is appended to it. It may be in
/// the system's memory alone: that process may have ended over an fsync that failed, and one that is repeated lies. What
/// the migrations write then makes the new log last, before the first acknowledgement.
fn copy_former_log(conn: &Connection, connector: &Connector) -> rusqlite::Result<()> {
    match conn.wal_checkpoint_v2(None::<&str>, CheckpointMode::TRUNCATE) {
        Err(error) if Severity::of(&error) == Severity::Passing => {
            tracing::warn!(%error, "the log of the last run cannot be copied yet: nothing is acknowledged until it is");
            connector.shared.suspect.store(true, Ordering::Release);
            Ok(())
        }
        outcome => outcome.map(drop),
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        stop(&self.queue, &self.readers, &self.threads);
    }
}

/// Ends the threads in the order in which they feed each other. The last checkpoint
/// is run when nobody else holds the log.
fn stop(queue: &Queue, readers: &Readers, threads: &Mutex<Option<Threads>>) {
    let Some(Threads { writer, checkpoints, _requests: requests }) =
        threads.lock().unwrap_or_else(PoisonError::into_inner).take()
    else {
        return;
    };
    queue.close();
    let conn = writer.join().ok().flatten();
    drop(requests);
    let _ = checkpoints.join();
    readers.stop();
    if let Some(conn) = conn
        && let Err(error) = conn.wal_checkpoint_v2(None::<&str>, CheckpointMode::TRUNCATE)
    {
        tracing::warn!(%error, "the log was not copied at closing; the next start will read it");
    }
}
