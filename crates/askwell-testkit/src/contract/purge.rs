//! Purge: what closed long ago goes, with all that belonged to it.

use askwell_app::ports::{
    Attempt, DeliveryState, DeliveryStore, FileStore, Ids, SessionQuery, SessionStore, Statistics, Verdict, Visible,
};
use askwell_core::Session;

use super::{Engine, World};
use crate::fixtures::{cancelled, file, keyed, owing, room, then};

async fn close<E: Engine>(world: &World<E>) -> Session {
    let session = world.open(world.question()).await;
    world.commit(then(&session, &world.now(), [cancelled("ci")])).await
}

/// Open ones stay, and those that closed at or after the limit.
pub async fn only_what_closed_long_ago_goes<E: Engine>() {
    let world = World::<E>::new().await;
    let open = world.open(world.question()).await;
    let (first, second) = (close(&world).await, close(&world).await);
    world.advance(100);
    let before = world.now().wall;
    let late = close(&world).await;
    assert_eq!(world.store().purge(first.state.closed_at.unwrap(), 10).await.unwrap(), []);
    assert_eq!(world.store().purge(before, 1).await.unwrap().len(), 1);
    assert_eq!(world.store().purge(before, 1).await.unwrap().len(), 1);
    assert_eq!(world.store().purge(before, 1).await.unwrap(), []);
    for gone in [&first, &second] {
        assert_eq!(world.store().session(gone.id()).await.unwrap(), None);
        assert!(world.store().history(gone.id()).await.unwrap().is_empty());
    }
    for kept in [&open, &late] {
        assert_eq!(world.store().session(kept.id()).await.unwrap().unwrap().session, *kept);
    }
    let all_time = Statistics { pending: 1, cancelled: 3, ..Statistics::default() };
    assert_eq!(world.store().statistics(Visible::All).await.unwrap(), all_time);
    let listed = world.store().sessions(SessionQuery { limit: 10, ..SessionQuery::default() }).await.unwrap();
    assert_eq!((listed.sessions.len(), listed.total_open), (2, 1));
}

/// A session whose callback is not settled stays until it is.
pub async fn what_still_owes_stays<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    let delivery = world.ids.delivery();
    world.commit(owing(then(&session, &world.now(), [cancelled("ci")]), delivery, "https://a.test")).await;
    world.advance(100);
    let now = world.now().wall;
    assert_eq!(world.store().purge(now, 10).await.unwrap(), []);
    let attempt = Attempt { at: now, took: std::time::Duration::from_millis(3), status: Some(204), error: None };
    let verdict = Verdict { attempt, state: DeliveryState::Delivered, next_attempt_at: None };
    world.store().settle_delivery(delivery, verdict).await.unwrap();
    assert_eq!(world.store().purge(now, 10).await.unwrap(), [session.id()]);
    assert_eq!(world.store().delivery(delivery).await.unwrap(), None);
}

/// Whoever asks for events that are gone can be told so.
pub async fn the_floor_of_the_feed_rises<E: Engine>() {
    let world = World::<E>::new().await;
    let start = world.store().feed_span().await.unwrap();
    let gone = close(&world).await;
    let last_gone = world.store().session(gone.id()).await.unwrap().unwrap().cursor;
    world.advance(100);
    let kept = world.open(world.question()).await;
    assert_eq!(world.store().feed_span().await.unwrap().earliest, start.earliest);
    world.store().purge(world.now().wall, 10).await.unwrap();
    let span = world.store().feed_span().await.unwrap();
    assert_eq!(span.earliest, last_gone);
    let events = world.store().events(span.earliest.clone(), 10).await.unwrap();
    assert_eq!(events.iter().map(|event| event.session).collect::<Vec<_>>(), [kept.id()]);
    // Even when nothing is left, no cursor is given out twice.
    world.commit(then(&kept, &world.now(), [cancelled("ci")])).await;
    world.advance(100);
    let latest = world.store().feed_span().await.unwrap().latest;
    world.store().purge(world.now().wall, 10).await.unwrap();
    let world = world.reopen().await;
    assert_eq!(world.store().feed_span().await.unwrap().latest, latest);
    assert!(world.store().commit(world.question().open()).await.unwrap().cursor > latest);
}

/// Key, pick-up and files go with their session.
pub async fn all_of_a_session_goes<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.commit(keyed(world.question().open(), "k", 1)).await;
    let upload = file(world.ids.file(), session.id(), 1_000, world.now().wall);
    world.store().add_file(upload.clone(), room(5)).await.unwrap();
    world.store().note_pickup(session.id(), "waiter", world.now().wall);
    world.commit(then(&session, &world.now(), [cancelled("ci")])).await;
    world.advance(100);
    assert_eq!(world.store().purge(world.now().wall, 1_000).await.unwrap(), [session.id()]);
    assert_eq!(world.store().file(upload.id).await.unwrap(), None);
    assert_eq!(world.store().files_total().await.unwrap(), 0);
    assert_eq!(world.store().pickup(session.id()).await.unwrap(), None);
    world.store().commit(keyed(world.question().open(), "k", 2)).await.unwrap();
}
