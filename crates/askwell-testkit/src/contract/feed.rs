//! The feed: every event, once, in order.

use std::collections::HashSet;
use std::sync::Arc;

use askwell_app::ports::{Cursor, SessionStore, StoreError, StoredEvent};
use askwell_core::Session;
use askwell_core::session::Change;
use serde_json::json;
use tokio::task::JoinSet;

use super::{Engine, World};
use crate::fixtures::{answered, cancelled, claimed, then};

async fn all<S: SessionStore>(store: &S, page: usize) -> Vec<StoredEvent> {
    let mut after = store.feed_span().await.unwrap().earliest;
    let mut events = Vec::new();
    loop {
        let some = store.events(after.clone(), page).await.unwrap();
        let Some(last) = some.last() else { return events };
        after = last.cursor.clone();
        events.extend(some);
    }
}

/// The feed tells all that happened, as it happened.
pub async fn the_feed_tells_every_event_in_order<E: Engine>() {
    let world = World::<E>::new().await;
    let now = world.now();
    let mut expected = Vec::new();
    let mut last = Vec::new();
    for index in 0..7 {
        let mut session = world.open(world.question().workflow(&format!("w{index}"))).await;
        expected.push((session.id(), Change::Opened(Arc::clone(&session.opened))));
        let changes = [claimed("mei", &now), answered("mei", json!({ "confirmed": index % 2 == 0 }), &now)];
        for change in changes.into_iter().take(index % 3) {
            session = world.commit(then(&session, &now, [change.clone()])).await;
            expected.push((session.id(), change));
        }
        last.push(session);
    }
    let events = all(world.store(), 4).await;
    let told: Vec<_> = events.iter().map(|event| (event.session, event.event.change.clone())).collect();
    assert_eq!(told, expected);
    assert!(events.windows(2).all(|pair| pair[0].cursor < pair[1].cursor));
    for event in &events {
        assert_eq!(world.store().event(event.cursor.clone()).await.unwrap().as_ref(), Some(event));
    }
    let span = world.store().feed_span().await.unwrap();
    assert_eq!(world.store().event(span.earliest.clone()).await.unwrap(), None);
    assert_eq!(span.latest, events.last().unwrap().cursor);
    assert!(world.store().events(span.latest, 10).await.unwrap().is_empty());
    for session in last {
        let history = world.store().history(session.id()).await.unwrap();
        assert_eq!(fold(&history), session);
    }
}

/// The session that its events make.
pub(crate) fn fold(history: &[StoredEvent]) -> Session {
    let Change::Opened(opened) = &history[0].event.change else { panic!("the first event opens") };
    let opened = Session::from_opened(Arc::clone(opened));
    history[1..].iter().fold(opened, |session, stored| session.apply(&stored.event))
}

/// No two events share a cursor, whoever commits beside whom.
pub async fn cursors_rise_under_concurrent_commits<E: Engine>() {
    let world = World::<E>::new().await;
    let mut racers = JoinSet::new();
    for _ in 0..8 {
        let commits: Vec<_> = (0..25).map(|_| world.question().open()).collect();
        let store = Arc::clone(world.engine.store());
        racers.spawn(async move {
            let mut cursors = Vec::new();
            for commit in commits {
                cursors.push(store.commit(commit).await.unwrap().cursor);
            }
            assert!(cursors.is_sorted());
            cursors
        });
    }
    let cursors: HashSet<_> = racers.join_all().await.into_iter().flatten().collect();
    assert_eq!(cursors.len(), 200);
    let events = all(world.store(), 33).await;
    assert_eq!(events.into_iter().map(|event| event.cursor).collect::<HashSet<_>>(), cursors);
}

/// Whoever follows the feed while others commit sees each event: nothing appears behind it.
pub async fn a_tailer_misses_nothing<E: Engine>() {
    let world = World::<E>::new().await;
    let mut writers = JoinSet::new();
    for _ in 0..4 {
        let commits: Vec<_> = (0..50).map(|_| world.question().open()).collect();
        let store = Arc::clone(world.engine.store());
        writers.spawn(async move {
            for commit in commits {
                store.commit(commit).await.unwrap();
            }
        });
    }
    let mut after = world.store().feed_span().await.unwrap().earliest;
    let mut seen = Vec::new();
    while seen.len() < 200 {
        for event in world.store().events(after.clone(), 1_000).await.unwrap() {
            after = event.cursor.clone();
            seen.push(event.session);
        }
        tokio::task::yield_now().await;
    }
    writers.join_all().await;
    assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 200);
    assert!(world.store().events(after, 10).await.unwrap().is_empty());
}

/// A history holds one session's events and no other's.
pub async fn history_is_one_session<E: Engine>() {
    let world = World::<E>::new().await;
    let one = world.open(world.question()).await;
    let other = world.open(world.question()).await;
    world.commit(then(&other, &world.now(), [cancelled("ci")])).await;
    let one = world.commit(then(&one, &world.now(), [claimed("mei", &world.now())])).await;
    let history = world.store().history(one.id()).await.unwrap();
    assert_eq!(history.iter().map(|event| event.event.change.name()).collect::<Vec<_>>(), ["opened", "claimed"]);
    assert!(history.iter().all(|event| event.session == one.id()));
    let unknown = askwell_app::ports::Ids::session(&world.ids);
    assert!(world.store().history(unknown).await.unwrap().is_empty());
}

/// A cursor that was never given out is told from one that was.
pub async fn cursors_are_recognised<E: Engine>() {
    let world = World::<E>::new().await;
    let cursor = world.store().commit(world.question().open()).await.unwrap().cursor;
    assert_eq!(world.store().parse_cursor(&cursor.0), Some(cursor));
    for text in ["", "x", "-1", "0", "'; DROP TABLE events", "ｆ"] {
        assert_eq!(world.store().parse_cursor(text), None, "{text}");
        let foreign = Cursor(text.into());
        assert_eq!(world.store().events(foreign, 1).await, Err(StoreError::InvalidPlace), "{text}");
    }
}
