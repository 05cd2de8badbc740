//! Commits: all or nothing, once, and kept.

use std::sync::{Arc, Mutex};

use askwell_app::ports::{Committed, Ids, Lane, SessionStore, Statistics, StoreError, Visible};
use askwell_core::Status;
use askwell_core::ids::Version;
use serde_json::json;
use tokio::task::JoinSet;

use super::{Engine, World};
use crate::fixtures::{answered, cancelled, claimed, keyed, owing, then};

/// What is committed is what is read.
pub async fn a_commit_is_read_back<E: Engine>() {
    let world = World::<E>::new().await;
    let question = world.question().workflow("deploy").node("n1").assignee("mei").tag("prod");
    let commit = question.open();
    let session = commit.session.clone();
    let committed = world.store().commit(commit).await.unwrap();
    assert_eq!(committed.session, session.id());
    assert_eq!(committed.wakes_at, session.wakes_at());
    assert!(!committed.owes_delivery);
    let stored = world.store().session(session.id()).await.unwrap().unwrap();
    assert_eq!(stored.session, session);
    assert_eq!(stored.cursor, committed.cursor);
    assert_eq!(world.store().session(world.ids.session()).await.unwrap(), None);

    world.advance(5);
    let closed =
        world.commit(then(&session, &world.now(), [answered("mei", json!({"confirmed": true}), &world.now())]));
    let closed = closed.await;
    assert_eq!(world.store().session(session.id()).await.unwrap().unwrap().session, closed);
}

/// A restart loses nothing.
pub async fn a_restart_keeps_everything<E: Engine>() {
    let world = World::<E>::new().await;
    let open = world.open(world.question()).await;
    let closed = world.open(world.question()).await;
    let closed = world.commit(then(&closed, &world.now(), [cancelled("ci")])).await;
    let span = world.store().feed_span().await.unwrap();
    let world = world.reopen().await;
    assert_eq!(world.store().session(open.id()).await.unwrap().unwrap().session, open);
    assert_eq!(world.store().session(closed.id()).await.unwrap().unwrap().session, closed);
    assert_eq!(world.store().feed_span().await.unwrap(), span);
    assert_eq!(
        world.store().statistics(Visible::All).await.unwrap(),
        Statistics { pending: 1, cancelled: 1, ..Statistics::default() }
    );
    let later = world.store().commit(world.question().open()).await.unwrap();
    assert!(later.cursor > span.latest);
}

/// A commit against another version is refused, wholly.
pub async fn a_stale_commit_changes_nothing<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    let first = world.commit(then(&session, &world.now(), [claimed("mei", &world.now())])).await;
    let span = world.store().feed_span().await.unwrap();
    let late = owing(then(&session, &world.now(), [cancelled("ci")]), world.ids.delivery(), "https://a.test");
    assert_eq!(world.store().commit(late).await, Err(StoreError::Stale));
    assert_eq!(world.store().session(session.id()).await.unwrap().unwrap().session, first);
    assert_eq!(world.store().feed_span().await.unwrap(), span);
    assert_eq!(
        world.store().statistics(Visible::All).await.unwrap(),
        Statistics { active: 1, ..Statistics::default() }
    );
    // One that was never opened is stale too.
    let mut unknown = then(&session, &world.now(), [cancelled("ci")]);
    unknown.session = world.question().open().session;
    unknown.session.version = Version(2);
    assert_eq!(world.store().commit(unknown).await, Err(StoreError::Stale));
}

/// Of many that decide the same session at once, one wins and each other is told.
pub async fn one_of_many_racers_wins<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    let mut racers = JoinSet::new();
    for racer in 0..64 {
        let by = format!("racer-{racer}");
        let commit = then(&session, &world.now(), [answered(&by, json!({ "confirmed": true }), &world.now())]);
        let store = Arc::clone(world.engine.store());
        racers.spawn(async move { (by, store.commit(commit).await) });
    }
    let ended = racers.join_all().await;
    let winners: Vec<_> = ended.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(by, _)| by.clone()).collect();
    assert_eq!(winners.len(), 1);
    assert!(ended.iter().all(|(_, outcome)| outcome.is_ok() || *outcome == Err(StoreError::Stale)));
    let stored = world.store().session(session.id()).await.unwrap().unwrap().session;
    assert_eq!(stored.state.closed_by.unwrap().id, winners[0]);
    assert_eq!(world.store().history(session.id()).await.unwrap().len(), 2);
}

/// An id is opened once.
pub async fn a_session_is_opened_once<E: Engine>() {
    let world = World::<E>::new().await;
    let commit = world.question().open();
    world.store().commit(commit.clone()).await.unwrap();
    assert_eq!(world.store().commit(commit).await, Err(StoreError::Stale));
    assert_eq!(world.store().statistics(Visible::All).await.unwrap().pending, 1);
}

/// A key that was used names its session, whatever became of that.
pub async fn the_same_key_finds_the_same_session<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.commit(keyed(world.question().open(), "k", 1)).await;
    let taken = |same_body| Err(StoreError::KeyTaken { session: session.id(), same_body });
    assert_eq!(world.store().commit(keyed(world.question().open(), "k", 1)).await, taken(true));
    assert_eq!(world.store().commit(keyed(world.question().open(), "k", 2)).await, taken(false));
    let mut foreign = keyed(world.question().open(), "k", 1);
    "somebody else".clone_into(&mut foreign.idempotency.as_mut().unwrap().0.principal);
    world.store().commit(foreign).await.unwrap();
    world.commit(then(&session, &world.now(), [cancelled("ci")])).await;
    let world = world.reopen().await;
    assert_eq!(world.store().commit(keyed(world.question().open(), "k", 1)).await, taken(true));
    assert_eq!(world.store().statistics(Visible::All).await.unwrap().pending, 1);
}

/// A create that is refused does not use up its key.
pub async fn a_refused_create_leaves_its_key_free<E: Engine>() {
    let world = World::<E>::new().await;
    let commit = world.question().open();
    world.store().commit(commit.clone()).await.unwrap();
    assert_eq!(world.store().commit(keyed(commit, "k", 1)).await, Err(StoreError::Stale));
    world.store().commit(keyed(world.question().open(), "k", 1)).await.unwrap();
}

/// A refused commit spoils none of those that are committed with it.
pub async fn a_refusal_fails_alone<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.commit(keyed(world.question().open(), "k", 1)).await;
    world.commit(then(&session, &world.now(), [claimed("mei", &world.now())])).await;
    let mut all = JoinSet::new();
    for index in 0_u32..90 {
        let (commit, good) = match index % 3 {
            0 => (world.question().open(), true),
            1 => (keyed(world.question().open(), "k", 1), false),
            _ => (then(&session, &world.now(), [cancelled("ci")]), false),
        };
        let store = Arc::clone(world.engine.store());
        all.spawn(async move { (store.commit(commit).await, good) });
    }
    for (outcome, good) in all.join_all().await {
        assert_eq!(outcome.is_ok(), good, "{outcome:?}");
    }
    assert_eq!(
        world.store().statistics(Visible::All).await.unwrap(),
        Statistics { pending: 30, active: 1, ..Statistics::default() }
    );
}

/// Decisions are stored while creates flood in, and the other way round.
pub async fn both_lanes_are_served<E: Engine>() {
    let world = World::<E>::new().await;
    let mut sessions = Vec::new();
    for _ in 0..50 {
        sessions.push(world.open(world.question()).await);
    }
    let mut all = JoinSet::new();
    for session in &sessions {
        let commit = then(session, &world.now(), [cancelled("ci")]);
        assert_eq!(commit.lane, Lane::Decide);
        let store = Arc::clone(world.engine.store());
        all.spawn(async move { store.commit(commit).await });
    }
    for _ in 0..500 {
        let commit = world.question().open();
        let store = Arc::clone(world.engine.store());
        all.spawn(async move { store.commit(commit).await });
    }
    assert!(all.join_all().await.iter().all(Result::is_ok));
    let expected = Statistics { pending: 500, cancelled: 50, ..Statistics::default() };
    assert_eq!(world.store().statistics(Visible::All).await.unwrap(), expected);
}

/// Every status is counted.
pub async fn counts_follow_each_commit<E: Engine>() {
    let world = World::<E>::new().await;
    let now = world.now();
    let changes = [
        vec![],
        vec![claimed("mei", &now)],
        vec![claimed("mei", &now), answered("mei", json!({}), &now)],
        vec![askwell_core::session::Change::TimedOut { response: None }],
        vec![cancelled("ci")],
        vec![askwell_core::session::Change::Failed { reason: "gone".to_owned() }],
    ];
    for changes in changes {
        let mut session = world.open(world.question()).await;
        for change in changes {
            session = world.commit(then(&session, &now, [change])).await;
        }
    }
    let one_each = Statistics { pending: 1, active: 1, completed: 1, timeout: 1, cancelled: 1, error: 1 };
    assert_eq!(world.store().statistics(Visible::All).await.unwrap(), one_each);
    assert!(world.store().is_writable());
}

/// The hook is called with each commit, once, before its caller goes on.
pub async fn the_hook_sees_each_commit_once_and_before_its_caller<E: Engine>() {
    let world = World::<E>::new().await;
    let seen: Arc<Mutex<Vec<Committed>>> = Arc::default();
    let hook = Arc::clone(&seen);
    world.store().on_commit(Arc::new(move |committed| hook.lock().unwrap().extend_from_slice(committed)));
    let mut all = JoinSet::new();
    for _ in 0..100 {
        let (store, seen) = (Arc::clone(world.engine.store()), Arc::clone(&seen));
        let commit = world.question().open();
        all.spawn(async move {
            let committed = store.commit(commit).await.unwrap();
            assert!(seen.lock().unwrap().contains(&committed));
        });
    }
    all.join_all().await;
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 100);
    assert!(seen.is_sorted_by_key(|committed| committed.cursor.clone()));
}

/// The first pick-up counts, and is no part of the history.
pub async fn a_pickup_is_kept_once<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    assert_eq!(world.store().pickup(session.id()).await.unwrap(), None);
    let at = world.now().wall;
    world.store().note_pickup(session.id(), "waiter", at);
    world.open(world.question()).await;
    world.advance(1);
    world.store().note_pickup(session.id(), "callback", world.now().wall);
    world.store().note_pickup(world.ids.session(), "callback", world.now().wall);
    world.open(world.question()).await;
    assert_eq!(world.store().pickup(session.id()).await.unwrap(), Some(("waiter".to_owned(), at)));
    assert_eq!(world.store().history(session.id()).await.unwrap().len(), 1);
}

/// Several events of one commit have versions and cursors in a row.
pub async fn several_events_of_one_commit_stay_together<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    let now = world.now();
    let changes = [claimed("mei", &now), answered("mei", json!({"confirmed": false}), &now)];
    let committed = world.store().commit(then(&session, &now, changes)).await.unwrap();
    let history = world.store().history(session.id()).await.unwrap();
    assert_eq!(history.iter().map(|event| event.version.0).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(history.last().unwrap().cursor, committed.cursor);
    assert_eq!(world.store().statistics(Visible::All).await.unwrap().completed, 1);
    let stored = world.store().session(session.id()).await.unwrap().unwrap();
    assert_eq!((stored.session.version, stored.session.status), (Version(3), Status::Completed));
}
