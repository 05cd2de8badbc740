//! The one thread that writes.
//!
//! It takes what is queued, commits it as one transaction, calls the hook once
//! and only then answers each caller: nothing is acknowledged that is not on
//! disk. After a failure of the disk it acknowledges nothing until a whole
//! checkpoint has gone through on a fresh connection, because an fsync that is
//! merely repeated may lie.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use askwell_app::ports::{Committed, StoreError};
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, params};

use crate::batch::{Batch, Job};
use crate::connect::{BUSY, Connector};
use crate::error::{Severity, store_error};
use crate::queue::{Gather, Pickup, Queue, Taken};

/// Pages in the log from which on it is copied into the database.
const COPY_FROM: u32 = 1_000;
/// Pages in the log from which on the writer helps to start it anew.
const RESTART_FROM: u32 = 4_000;
/// How long a batch is held back at most for those who are expected in it.
const MAX_GATHER: Duration = Duration::from_millis(2);
/// Waiting times between two tries to get the disk back.
const BACK_OFF: [Duration; 6] = [
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// The one who writes.
pub(crate) struct Writer {
    queue: Arc<Queue>,
    connector: Connector,
    checkpoints: SyncSender<()>,
    /// Gone while the disk is not trusted.
    conn: Option<Connection>,
    retry_at: Option<Instant>,
    tries: usize,
    /// How long the log was when a copy was last asked for.
    asked_at: u32,
    rhythm: Rhythm,
}

/// How batches follow each other: whom to wait for before the next one.
#[derive(Clone, Copy, Debug)]
struct Rhythm {
    gather: Gather,
    /// Batches for which nobody is waited for, because those expected did not come.
    pause: u32,
    /// How long the next pause will be.
    next_pause: u32,
}

impl Rhythm {
    const START: Self = Self { gather: Gather { jobs: 0, patience: Duration::ZERO }, pause: 0, next_pause: 1 };

    /// After a batch of `jobs` that took `took`, while `queued` others came.
    fn follow(&mut self, jobs: usize, queued: usize, took: Duration) {
        if self.gather.jobs > 1 {
            let came = jobs * 4 >= self.gather.jobs * 3;
            self.pause = if came { 0 } else { self.next_pause };
            self.next_pause = if came { 1 } else { (self.next_pause * 2).min(64) };
        }
        self.gather = if self.pause > 0 {
            self.pause -= 1;
            Gather { jobs: 0, patience: Duration::ZERO }
        } else {
            Gather { jobs: jobs + queued, patience: (took / 4).min(MAX_GATHER) }
        };
    }
}

/// Whatever ends the thread, nobody is left waiting.
struct Farewell(Arc<Queue>, Connector);

impl Drop for Farewell {
    fn drop(&mut self) {
        self.1.shared.writable.store(false, Ordering::Release);
        self.0.abandon();
    }
}

impl Writer {
    pub(crate) fn new(conn: Connection, queue: Arc<Queue>, connector: Connector, checkpoints: SyncSender<()>) -> Self {
        connector.shared.writable.store(true, Ordering::Release);
        Self {
            queue,
            connector,
            checkpoints,
            conn: Some(conn),
            retry_at: None,
            tries: 0,
            asked_at: 0,
            rhythm: Rhythm::START,
        }
    }

    /// Works until the queue is closed and empty. Returns the connection for the last checkpoint.
    pub(crate) fn run(mut self) -> Option<Connection> {
        let _farewell = Farewell(Arc::clone(&self.queue), self.connector.clone());
        while let Some(Taken { jobs, pickups }) = self.queue.take(self.retry_at, self.rhythm.gather) {
            if self.connector.shared.suspect.swap(false, Ordering::AcqRel) && self.conn.is_some() {
                self.distrust("a checkpoint failed");
            }
            if self.retry_at.is_some_and(|at| at <= Instant::now()) {
                self.recover();
            }
            self.commit(jobs, pickups);
            self.look_after_log();
        }
        self.conn.take()
    }

    fn commit(&mut self, mut jobs: Vec<Box<dyn Job>>, pickups: Vec<Pickup>) {
        if jobs.is_empty() && pickups.is_empty() {
            return;
        }
        let Some(conn) = &self.conn else {
            self.queue.put_back(pickups);
            return answer_all(jobs, &StoreError::Unavailable("the disk failed; trying to get it back".to_owned()));
        };
        let started = Instant::now();
        match attempt(conn, &mut jobs, &pickups) {
            Ok(committed) => {
                self.rhythm.follow(jobs.len(), self.queue.len(), started.elapsed());
                self.tell(&committed);
                for job in jobs {
                    job.answer(Ok(()));
                }
            }
            Err((Severity::Job, error)) if jobs.len() > 1 => {
                tracing::warn!(%error, jobs = jobs.len(), "a batch failed and is replayed one by one");
                self.queue.put_back(pickups);
                for job in jobs {
                    self.commit(vec![job], Vec::new());
                }
            }
            Err((severity, error)) => {
                tracing::warn!(%error, ?severity, "a batch was rolled back");
                if severity != Severity::Job {
                    self.queue.put_back(pickups);
                }
                if severity == Severity::Broken {
                    self.distrust(&error);
                }
                answer_all(jobs, &store_error(&error));
            }
        }
    }

    fn tell(&self, committed: &[Committed]) {
        if committed.is_empty() {
            return;
        }
        let Some(hook) = self.connector.shared.hook() else { return };
        if catch_unwind(AssertUnwindSafe(|| hook(committed))).is_err() {
            tracing::error!("the hook after a commit panicked");
        }
    }

    fn distrust(&mut self, reason: impl std::fmt::Display) {
        tracing::error!(%reason, "the disk failed: nothing is acknowledged until a whole checkpoint succeeds");
        self.connector.shared.writable.store(false, Ordering::Release);
        self.conn = None;
        self.tries = 0;
        self.retry_at = Some(Instant::now());
    }

    fn recover(&mut self) {
        let fresh = self.connector.writer().and_then(|conn| {
            // It must wait for those that read, but not for long: others wait for an answer.
            conn.busy_timeout(Duration::from_millis(100))?;
            conn.wal_checkpoint_v2(None::<&str>, CheckpointMode::TRUNCATE)?;
            conn.busy_timeout(BUSY)?;
            Ok(conn)
        });
        match fresh {
            Ok(conn) => {
                tracing::info!("the disk is back");
                self.connector.shared.suspect.store(false, Ordering::Release);
                self.conn = Some(conn);
                self.retry_at = None;
                self.connector.shared.writable.store(true, Ordering::Release);
            }
            Err(error) => {
                let wait = BACK_OFF[self.tries.min(BACK_OFF.len() - 1)];
                tracing::warn!(%error, ?wait, "the disk is not back yet");
                self.tries += 1;
                self.retry_at = Some(Instant::now() + wait);
            }
        }
    }

    /// The log is copied by another thread, a stretch at a time; but it only starts anew
    /// once all of it is copied, so when it is long and the other thread has just been
    /// there, the writer copies the rest, which is little, before its next batch.
    fn look_after_log(&mut self) {
        let shared = &self.connector.shared;
        let pages = shared.wal_pages.load(Ordering::Relaxed);
        if pages < self.asked_at {
            self.asked_at = 0;
        }
        if self.asked_at >= RESTART_FROM && shared.nearly_copied.swap(false, Ordering::AcqRel) {
            let rest = self.conn.as_ref().map(|conn| conn.wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE));
            if let Some(Err(error)) = rest
                && Severity::of(&error) == Severity::Broken
            {
                self.distrust(&error);
            }
            self.asked_at = pages;
        } else if pages >= self.asked_at + COPY_FROM || (pages >= RESTART_FROM && self.asked_at < RESTART_FROM) {
            shared.nearly_copied.store(false, Ordering::Release);
            // Full: a request waits already.
            let _ = self.checkpoints.try_send(());
            self.asked_at = pages;
        }
    }
}

type Failure = (Severity, rusqlite::Error);

fn attempt(conn: &Connection, jobs: &mut [Box<dyn Job>], pickups: &[Pickup]) -> Result<Vec<Committed>, Failure> {
    let filled = Batch::begin(conn).and_then(|mut batch| {
        for job in jobs {
            catch_unwind(AssertUnwindSafe(|| job.run(&mut batch))).unwrap_or(Err(rusqlite::Error::UnwindingPanic))?;
        }
        store_pickups(conn, pickups)?;
        batch.commit()
    });
    filled.map_err(|error| {
        let severity = Severity::of(&error);
        if !conn.is_autocommit() && (conn.execute_batch("ROLLBACK").is_err() || !conn.is_autocommit()) {
            return (Severity::Broken, error);
        }
        (severity, error)
    })
}

fn store_pickups(conn: &Connection, pickups: &[Pickup]) -> rusqlite::Result<()> {
    if pickups.is_empty() {
        return Ok(());
    }
    let mut insert = conn.prepare_cached(
        "INSERT INTO pickups (session, by, at) SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM sessions WHERE id = ?1)
         ON CONFLICT DO NOTHING",
    )?;
    for pickup in pickups {
        insert.execute(params![pickup.session.0.as_bytes(), pickup.by, pickup.at.as_millisecond()])?;
    }
    Ok(())
}

fn answer_all(jobs: Vec<Box<dyn Job>>, error: &StoreError) {
    for job in jobs {
        job.answer(Err(error.clone()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use askwell_app::ports::{Clock, Ids, Lane, SessionStore, Visible};
    use askwell_testkit::fixtures::Question;
    use askwell_testkit::{TestClock, TestIds};

    use super::*;
    use crate::error::Fault;
    use crate::{SqliteOptions, SqliteStore};

    fn open() -> (tempfile::TempDir, Arc<SqliteStore>) {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(SqliteOptions::new(folder.path().join("askwell.db"))).unwrap();
        (folder, Arc::new(store))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_job_that_breaks_its_batch_is_the_only_one_that_fails() {
        let (_folder, store) = open();
        let (ids, clock) = (TestIds::default(), TestClock::new());
        // The writer is held until all the others are queued, so that they share a batch.
        let (release, held) = channel::<()>();
        let (started, running) = tokio::sync::oneshot::channel::<()>();
        let mut started = Some(started);
        let mut all = tokio::task::JoinSet::new();
        let holder = Arc::clone(&store);
        all.spawn(async move {
            let wait = move |_: &mut Batch<'_>| {
                started.take().unwrap().send(()).unwrap();
                held.recv().unwrap();
                Ok(())
            };
            (holder.write(Lane::Decide, wait).await.is_ok(), true)
        });
        running.await.unwrap();
        for index in 0..12 {
            let store = Arc::clone(&store);
            let commit = Question::new(ids.session(), &clock.now()).open();
            all.spawn(async move {
                match index {
                    3 => {
                        let write_and_fail = |batch: &mut Batch<'_>| {
                            batch.conn.execute("DELETE FROM sessions", [])?;
                            batch.totals.sessions = [0; 6];
                            batch.conn.execute("INSERT INTO totals (only) VALUES (1)", [])?;
                            Ok(())
                        };
                        (store.write(Lane::Open, write_and_fail).await.is_ok(), false)
                    }
                    7 => {
                        let panic = |_: &mut Batch<'_>| -> Result<(), Fault> { panic!("a bug") };
                        (store.write(Lane::Open, panic).await.is_ok(), false)
                    }
                    _ => (store.commit(commit).await.is_ok(), true),
                }
            });
        }
        while store.queue().len() < 12 {
            tokio::task::yield_now().await;
        }
        release.send(()).unwrap();
        for (done, expected) in all.join_all().await {
            assert_eq!(done, expected);
        }
        assert_eq!(store.statistics(Visible::All).await.unwrap().pending, 10);
        assert!(store.is_writable());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_failed_disk_is_not_trusted_until_a_whole_checkpoint_succeeds() {
        let (folder, store) = open();
        let (ids, clock) = (TestIds::default(), TestClock::new());
        let commit = || store.commit(Question::new(ids.session(), &clock.now()).open());
        let first = commit().await.unwrap();
        // A reader that stays at an old snapshot keeps the log from being copied whole.
        let reader = Connection::open(folder.path().join("askwell.db")).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM sessions;").unwrap();
        commit().await.unwrap();
        store.shared().suspect.store(true, Ordering::Release);
        store.queue().nudge();
        while commit().await.is_ok() {}
        assert!(matches!(commit().await, Err(StoreError::Unavailable(_))));
        assert!(!store.is_writable());
        assert!(store.session(first.session).await.unwrap().is_some());
        reader.execute_batch("COMMIT").unwrap();
        while !store.is_writable() {
            tokio::task::yield_now().await;
        }
        assert_eq!(std::fs::metadata(folder.path().join("askwell.db-wal")).unwrap().len(), 0);
        commit().await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_log_does_not_grow_without_end() {
        let (folder, store) = open();
        let (ids, clock) = (TestIds::default(), TestClock::new());
        for _ in 0..40 {
            let mut all = tokio::task::JoinSet::new();
            for _ in 0..100 {
                let store = Arc::clone(&store);
                let words = "x".repeat(8_000);
                let commit = Question::new(ids.session(), &clock.now()).words("long", &words).open();
                all.spawn(async move { store.commit(commit).await.unwrap() });
            }
            all.join_all().await;
        }
        let log = std::fs::metadata(folder.path().join("askwell.db-wal")).unwrap().len();
        assert!(log < 30 << 20, "{log}");
        store.close().await;
        assert!(!folder.path().join("askwell.db-wal").exists());
        assert!(!store.is_writable());
        let refused = store.commit(Question::new(ids.session(), &clock.now()).open()).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))));
    }
}
