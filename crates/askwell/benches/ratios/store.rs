//! The store under 1, 64 and 256 producers against SQLite itself with the same rows: one transaction each, and
//! batches of the same size.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use askwell_app::ports::{Commit, Lane, SessionStore as _};
use askwell_app::{Caller, Channel};
use askwell_core::access::{Person, Principal};
use askwell_core::audit::Verdict;
use askwell_core::ids::{RunId, SessionId, Version};
use askwell_core::{Change, Draft, Event, Findings, Now, Session};
use askwell_sqlite::{SqliteOptions, SqliteStore};
use serde_json::Value;
use uuid::Uuid;

use crate::Effort;
use crate::client::CREATE;
use crate::figures::{Figures, Rounds, part_of};
use crate::raw::Raw;
use crate::world::{limits, new_uuid};

/// How many fill a store as fast as it goes.
pub(crate) const MANY: usize = 256;

pub(crate) fn open_store(path: &Path) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(SqliteOptions::new(path)).unwrap())
}

pub(crate) fn now() -> Now {
    let wall = jiff::Timestamp::from_millisecond(1_800_000_000_000).unwrap();
    Now { wall, steady: wall, run: RunId(Uuid::nil()) }
}

pub(crate) fn new_id() -> SessionId {
    SessionId(new_uuid())
}

pub(crate) fn draft() -> Draft {
    let body: Value = serde_json::from_str(CREATE).unwrap();
    Draft::read(&body, &limits(), &mut Findings::default()).unwrap()
}

/// A create as the application makes it, without its entry in the audit.
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

/// The same create under another id. Deciding what to store is not the store's work, so it is not measured here.
pub(crate) fn another(prototype: &Commit) -> Commit {
    let mut opened = (*prototype.session.opened).clone();
    opened.id = new_id();
    let opened = Arc::new(opened);
    let event = Event { at: opened.at, change: Change::Opened(Arc::clone(&opened)) };
    Commit { session: Session::from_opened(opened), events: vec![event], ..prototype.clone() }
}

/// With the entry that the application writes.
fn audited(mut commit: Commit) -> Commit {
    let mut entry = Caller::local(Channel::Rest, "en", "bench").audit(now().wall, "session.opened", Verdict::Done);
    entry.session = Some(commit.session.id());
    entry.version = Some(commit.session.version);
    entry.content_hash = Some(commit.session.opened.content_hash.0.clone());
    commit.audit = Some(entry);
    commit
}

/// Stores `count` commits with so many producers; how many a second, and how many a batch.
pub(crate) async fn fill(
    store: &Arc<SqliteStore>,
    producers: usize,
    count: usize,
    make: impl Fn(usize) -> Commit + Send + Sync + 'static,
) -> (f64, usize) {
    let batches = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&batches);
    store.on_commit(Arc::new(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    }));
    let (next, make) = (Arc::new(AtomicUsize::new(0)), Arc::new(make));
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..producers {
        let (store, next, make) = (Arc::clone(store), Arc::clone(&next), Arc::clone(&make));
        tasks.spawn(async move {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return;
                }
                if index > 0 && index.is_multiple_of(250_000) {
                    println!("  … {index} stored");
                }
                store.commit(make(index)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let rate = count as f64 / start.elapsed().as_secs_f64();
    (rate, count / batches.load(Ordering::Relaxed).max(1))
}

/// Creates of so many producers, for about so long.
async fn creates(store: &Arc<SqliteStore>, producers: usize, count: usize) -> (f64, usize) {
    let prototype = create(&draft(), new_id());
    fill(store, producers, count, move |_| another(&prototype)).await
}

pub(crate) async fn measure(effort: Effort, figures: &mut Figures) {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(&folder.path().join("ours.db"));
    let raw = Raw::open(&folder.path().join("raw.db")).await;
    creates(&store, MANY, 2_000).await;
    raw.fill(2_000, MANY);
    let mut rounds = Rounds::default();
    for _ in 0..effort.rounds {
        let singles = raw_rate(&raw, Duration::from_millis(400), 1);
        println!("  raw SQLite, one transaction each: {singles:.0}/s");
        let (alone, _) = creates(&store, 1, part_of(singles, 0.4)).await;
        println!("  store with 1 producer: {alone:.0}/s");
        rounds.add("store_create_1_vs_raw", alone / singles);
        many(&store, &raw, singles, 64, &mut rounds, effort).await;
        many(&store, &raw, singles, MANY, &mut rounds, effort).await;
        let prototype = create(&draft(), new_id());
        let count = if effort.long { 20_000 } else { 8_000 };
        let (plain, _) = creates(&store, MANY, count).await;
        let (entered, _) = fill(&store, MANY, count, move |_| audited(another(&prototype))).await;
        println!("  store with {MANY} producers: {plain:.0}/s, with the audit {entered:.0}/s");
        rounds.add("store_audit_cost_256", 1.0 - entered / plain);
    }
    rounds.note(figures);
}

async fn many(
    store: &Arc<SqliteStore>,
    raw: &Raw,
    singles: f64,
    producers: usize,
    rounds: &mut Rounds,
    effort: Effort,
) {
    let count = if effort.long { 40_000 } else { 10_000 };
    let (ours, batch) = creates(store, producers, count).await;
    let batches = tokio::task::block_in_place(|| raw.fill(count, batch.max(1)));
    println!(
        "  store with {producers} producers: {ours:.0}/s in batches of {batch} at the mean, raw ones {batches:.0}/s"
    );
    let (against_single, against_batch) = match producers {
        64 => ("store_create_64_vs_raw_single", "store_create_64_vs_raw_batch"),
        _ => ("store_create_256_vs_raw_single", "store_create_256_vs_raw_batch"),
    };
    rounds.add(against_single, ours / singles);
    rounds.add(against_batch, ours / batches);
}

/// Transactions of this size for about so long: rows a second.
fn raw_rate(raw: &Raw, time: Duration, size: usize) -> f64 {
    let tried = tokio::task::block_in_place(|| raw.fill(50, size));
    let count = part_of(tried, time.as_secs_f64()).max(50);
    tokio::task::block_in_place(|| raw.fill(count, size))
}
