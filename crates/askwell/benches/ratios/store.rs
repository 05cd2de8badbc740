//! The store under 256 producers against raw batches of the same rows and size.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use askwell_app::ports::{Commit, Lane, SessionStore as _};
use askwell_core::access::{Person, Principal};
use askwell_core::ids::{RunId, SessionId, Version};
use askwell_core::session::Limits;
use askwell_core::{Change, Draft, Event, Findings, Now, Session};
use askwell_sqlite::{SqliteOptions, SqliteStore};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

use crate::client::CREATE;
use crate::{Effort, median};

const PRODUCERS: usize = 256;

pub(crate) fn open_store(path: &Path) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(SqliteOptions::new(path)).unwrap())
}

pub(crate) fn now() -> Now {
    let wall = jiff::Timestamp::from_millisecond(1_800_000_000_000).unwrap();
    Now { wall, steady: wall, run: RunId(Uuid::nil()) }
}

pub(crate) fn limits() -> Limits {
    let month = Duration::from_hours(24 * 30);
    Limits { default_timeout: Duration::from_mins(5), review_timeout: Duration::from_mins(20), max_timeout: month }
}

/// A create as the application makes it.
pub(crate) fn create(draft: &Draft, id: SessionId) -> Commit {
    let requester = Person { id: Principal::LocalOwner.name(), verified: false };
    let event = askwell_core::open(draft.clone(), id, requester, &now());
    let Change::Opened(opened) = &event.change else { unreachable!() };
    Commit {
        expected: Version::NONE,
        session: Session::from_opened(Arc::clone(opened)),
        events: vec![event],
        deliveries: Vec::new(),
        idempotency: None,
        files: Vec::new(),
        standing: None,
        audit: None,
        lane: Lane::Open,
    }
}

pub(crate) fn draft() -> Draft {
    let body: Value = serde_json::from_str(CREATE).unwrap();
    Draft::read(&body, &limits(), &mut Findings::default()).unwrap()
}

/// The same create under another id. Deciding what to store is not the store's work, so it is not measured here.
fn another(prototype: &Commit) -> Commit {
    let mut opened = (*prototype.session.opened).clone();
    opened.id = new_id();
    let opened = Arc::new(opened);
    let event = Event { at: opened.at, change: Change::Opened(Arc::clone(&opened)) };
    Commit { session: Session::from_opened(opened), events: vec![event], ..prototype.clone() }
}

/// Stores `count` pending sessions with 256 producers; how many a second, and how many a batch.
pub(crate) async fn fill(store: &Arc<SqliteStore>, count: usize) -> (f64, usize) {
    let batches = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&batches);
    store.on_commit(Arc::new(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    }));
    let next = Arc::new(AtomicUsize::new(0));
    let prototype = Arc::new(create(&draft(), new_id()));
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..PRODUCERS {
        let (store, next, prototype) = (Arc::clone(store), Arc::clone(&next), Arc::clone(&prototype));
        tasks.spawn(async move {
            while next.fetch_add(1, Ordering::Relaxed) < count {
                store.commit(another(&prototype)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let rate = count as f64 / start.elapsed().as_secs_f64();
    (rate, count / batches.load(Ordering::Relaxed).max(1))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark needs no repeatable ids")]
fn new_id() -> SessionId {
    SessionId(Uuid::now_v7())
}

pub(crate) async fn create_vs_raw_batch(effort: Effort) -> Value {
    let count = if effort.long { 40_000 } else { 15_000 };
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(&folder.path().join("ours.db"));
    let raw = Raw::open(&folder.path().join("raw.db")).await;
    fill(&store, 2_000).await;
    raw.fill(2_000, PRODUCERS);
    let mut ratios = Vec::new();
    for _ in 0..effort.rounds {
        let (our_rate, batch) = fill(&store, count).await;
        let raw_rate = tokio::task::block_in_place(|| raw.fill(count, batch));
        println!("  store: {our_rate:.0}/s in batches of {batch} at the mean, raw batches of {batch}: {raw_rate:.0}/s");
        ratios.push(our_rate / raw_rate);
    }
    median(ratios)
}

/// What SQLite itself does with the same rows: the same schema, one connection, batches, full sync.
struct Raw {
    connection: rusqlite::Connection,
}

impl Raw {
    async fn open(path: &Path) -> Self {
        // The store makes the schema; then its file is written without it.
        let store = open_store(path);
        store.close().await;
        drop(store);
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.pragma_update(None, "journal_mode", "wal").unwrap();
        connection.pragma_update(None, "synchronous", "full").unwrap();
        Self { connection }
    }

    fn fill(&self, count: usize, size: usize) -> f64 {
        let mut row = Row::of(&create(&draft(), new_id()).session);
        let start = Instant::now();
        let mut left = count;
        while left > 0 {
            let batch = left.min(size);
            self.connection.execute_batch("BEGIN IMMEDIATE").unwrap();
            for _ in 0..batch {
                row.id = *new_id().0.as_bytes();
                self.insert(&row);
            }
            self.connection.execute_batch("COMMIT").unwrap();
            left -= batch;
        }
        count as f64 / start.elapsed().as_secs_f64()
    }

    fn insert(&self, row: &Row) {
        let mut statement = self
            .connection
            .prepare_cached(
                "INSERT INTO sessions (id, version, status, kind, workflow_id, created_at, updated_at, expires_at, \
                 steady_at, run, cursor, opened, state) VALUES (?1, 1, 'pending', ?2, ?3, ?4, ?4, ?5, ?5, ?6, 1, ?7, ?8)",
            )
            .unwrap();
        let Row { id, kind, workflow_id, at, expires, run, opened, state } = row;
        statement.execute(rusqlite::params![id, kind, workflow_id, at, expires, run, opened, state]).unwrap();
        let mut statement = self
            .connection
            .prepare_cached("INSERT INTO events (session, version, type, at) VALUES (?1, 1, 'opened', ?2)")
            .unwrap();
        statement.execute(rusqlite::params![id, at]).unwrap();
    }
}

/// What a create stores.
struct Row {
    id: [u8; 16],
    kind: String,
    workflow_id: Option<String>,
    at: i64,
    expires: i64,
    run: [u8; 16],
    opened: String,
    state: String,
}

impl Row {
    fn of(session: &Session) -> Self {
        let deadline = &session.state.deadline;
        Self {
            id: *session.id().0.as_bytes(),
            kind: session.opened.interaction.kind(),
            workflow_id: session.opened.workflow_id.clone(),
            at: session.opened.at.as_millisecond(),
            expires: deadline.expires_at.as_millisecond(),
            run: *deadline.run.0.as_bytes(),
            opened: serde_json::to_string(&session.opened).unwrap(),
            state: serde_json::to_string(&session.state).unwrap(),
        }
    }
}
