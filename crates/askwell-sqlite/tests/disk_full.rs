//! A full disk refuses what does not fit, and nothing else.

mod support;

use askwell_app::ports::{Clock, Ids, SessionStore, StoreError, Visible};
use askwell_testkit::contract::Engine;
use askwell_testkit::fixtures::{Question, cancelled, then};
use askwell_testkit::{TestClock, TestIds};
use support::TestEngine;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_writes_serves_reads_and_recovers() {
    let engine = TestEngine::with(|options| options.max_pages = Some(80));
    let (store, ids, clock) = (engine.store(), TestIds::default(), TestClock::new());
    let create = || Question::new(ids.session(), &clock.now()).words("full", &"x".repeat(3_000)).open();
    let mut stored = Vec::new();
    let full = loop {
        let commit = create();
        let session = commit.session.clone();
        match store.commit(commit).await {
            Ok(_) => stored.push(session),
            Err(error) => break error,
        }
        assert!(stored.len() < 200);
    };
    assert_eq!(full, StoreError::Full);
    assert!(!stored.is_empty());
    // Everyone in a batch that does not fit is told; each acknowledged one is still there.
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (store, commit) = (std::sync::Arc::clone(store), create());
        crowd.spawn(async move { store.commit(commit).await });
    }
    assert!(crowd.join_all().await.into_iter().all(|outcome| outcome == Err(StoreError::Full)));
    for session in &stored {
        assert_eq!(store.session(session.id()).await.unwrap().unwrap().session, *session);
    }
    assert_eq!(store.statistics(Visible::All).await.unwrap().pending, stored.len() as u64);
    assert!(store.is_writable());

    store.set_max_pages(10_000).await.unwrap();
    store.commit(create()).await.unwrap();
    assert_eq!(store.statistics(Visible::All).await.unwrap().pending, stored.len() as u64 + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purge_makes_room() {
    let engine = TestEngine::with(|options| options.max_pages = Some(80));
    let (store, ids, clock) = (engine.store(), TestIds::default(), TestClock::new());
    let create = || Question::new(ids.session(), &clock.now()).words("full", &"x".repeat(3_000)).open();
    loop {
        let commit = create();
        let session = commit.session.clone();
        let opened = store.commit(commit).await;
        if opened == Err(StoreError::Full)
            || store.commit(then(&session, &clock.now(), [cancelled("ci")])).await.is_err()
        {
            break;
        }
    }
    clock.advance(std::time::Duration::from_secs(1));
    assert!(!store.purge(clock.now().wall, 10).await.unwrap().is_empty());
    store.commit(create()).await.unwrap();
}
