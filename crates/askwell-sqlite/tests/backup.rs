//! A copy of a database that is being written.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use askwell_app::ports::{Clock, Ids, SessionStore, Visible};
use askwell_sqlite::{BackupError, SqliteOptions, SqliteStore, backup};
use askwell_testkit::contract::Engine;
use askwell_testkit::fixtures::Question;
use askwell_testkit::{TestClock, TestIds};
use support::TestEngine;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_database_is_copied_as_it_was_at_one_instant() {
    let engine = TestEngine::with(|_| ());
    let (ids, clock, stop) = (Arc::new(TestIds::default()), TestClock::new(), Arc::new(AtomicBool::new(false)));
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, ids, clock, stop) =
            (Arc::clone(engine.store()), Arc::clone(&ids), clock.clone(), Arc::clone(&stop));
        writers.spawn(async move {
            let mut written = 0;
            while !stop.load(Ordering::Relaxed) {
                store.commit(Question::new(ids.session(), &clock.now()).open()).await.unwrap();
                written += 1;
            }
            written
        });
    }
    while engine.store().statistics(Visible::All).await.unwrap().pending < 200 {
        tokio::task::yield_now().await;
    }
    let before = engine.store().statistics(Visible::All).await.unwrap().pending;
    let to = engine.beside("copy.db");
    engine.store().backup(&to).await.unwrap();
    let after = engine.store().statistics(Visible::All).await.unwrap().pending;
    stop.store(true, Ordering::Relaxed);
    let written: u64 = writers.join_all().await.into_iter().sum();
    assert_eq!(engine.store().statistics(Visible::All).await.unwrap().pending, written);

    assert!(!engine.beside("copy.db-wal").exists());
    let copy = SqliteStore::open(SqliteOptions::new(&to)).unwrap();
    let pending = copy.statistics(Visible::All).await.unwrap().pending;
    assert!((before..=after).contains(&pending), "{before} {pending} {after}");
    let span = copy.feed_span().await.unwrap();
    let events = copy.events(span.earliest, 1_000_000).await.unwrap();
    assert_eq!(events.len() as u64, pending);
    assert_eq!(events.last().unwrap().cursor, span.latest);
    for event in &events {
        assert!(copy.session(event.session).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_copy_overwrites_nothing_and_leaves_nothing_behind() {
    let engine = TestEngine::with(|_| ());
    let there = engine.beside("there.db");
    std::fs::write(&there, "mine").unwrap();
    assert!(matches!(engine.store().backup(&there).await, Err(BackupError::Exists(_))));
    assert_eq!(std::fs::read(&there).unwrap(), b"mine");
    let to = engine.beside("copy.db");
    assert!(backup(&engine.beside("no.db"), &to).is_err());
    assert!(!to.exists());
    backup(&engine.path(), &to).unwrap();
    assert!(to.exists());
}
