//! Deadlines: never early, never forgotten, whatever the clocks do.

use std::time::Duration;

use askwell_app::ports::SessionStore;
use askwell_core::ids::SessionId;
use askwell_core::session::CLAIM_HOLD;
use jiff::SignedDuration;

use super::{Engine, World};
use crate::fixtures::{cancelled, claimed, then};

async fn open_for<E: Engine>(world: &World<E>, seconds: u64) -> SessionId {
    let question = world.question().timeout(&world.now(), Duration::from_secs(seconds));
    world.open(question).await.id()
}

async fn due<E: Engine>(world: &World<E>, limit: usize) -> Vec<SessionId> {
    let due = world.store().due(world.now(), limit).await.unwrap();
    due.sessions.iter().map(askwell_core::Session::id).collect()
}

/// What is due comes in the order of the deadlines, and the next one is told.
pub async fn what_is_due_comes_first_to_last<E: Engine>() {
    let world = World::<E>::new().await;
    let start = world.now().wall;
    let (c, a, b) = (open_for(&world, 30).await, open_for(&world, 10).await, open_for(&world, 20).await);
    let none = world.store().due(world.now(), 10).await.unwrap();
    assert!(none.sessions.is_empty());
    assert_eq!(none.next, Some(start + Duration::from_secs(10)));
    world.advance(20);
    assert_eq!(due(&world, 10).await, [a, b]);
    assert_eq!(world.store().due(world.now(), 10).await.unwrap().next, Some(start + Duration::from_secs(30)));
    assert_eq!(due(&world, 1).await, [a]);
    assert!(world.store().due(world.now(), 1).await.unwrap().next.unwrap() <= world.now().wall);
    world.advance(10);
    assert_eq!(due(&world, 10).await, [a, b, c]);
    assert_eq!(world.store().due(world.now(), 10).await.unwrap().next, None);
}

/// A wall clock set forward makes nothing due before its time has passed.
pub async fn nothing_is_early_when_the_wall_is_set_forward<E: Engine>() {
    let world = World::<E>::new().await;
    let id = open_for(&world, 60).await;
    world.clock.step_wall(SignedDuration::from_hours(1));
    let waiting = world.store().due(world.now(), 10).await.unwrap();
    assert!(waiting.sessions.is_empty());
    assert_eq!(waiting.next, Some(world.now().wall + Duration::from_mins(1)));
    world.advance(60);
    assert_eq!(due(&world, 10).await, [id]);
}

/// A wall clock set back makes the deadline wait for the wall.
pub async fn nothing_is_early_when_the_wall_is_set_back<E: Engine>() {
    let world = World::<E>::new().await;
    let start = world.now().wall;
    let id = open_for(&world, 60).await;
    world.clock.step_wall(SignedDuration::from_secs(-30));
    world.advance(60);
    let waiting = world.store().due(world.now(), 10).await.unwrap();
    assert!(waiting.sessions.is_empty());
    assert_eq!(waiting.next, Some(start + Duration::from_mins(1)));
    world.advance(30);
    assert_eq!(due(&world, 10).await, [id]);
}

/// After a restart the wall clock alone decides about older sessions.
pub async fn another_run_goes_by_the_wall<E: Engine>() {
    let world = World::<E>::new().await;
    let old = open_for(&world, 60).await;
    world.clock.step_wall(SignedDuration::from_mins(10));
    assert!(due(&world, 10).await.is_empty());
    world.clock.restart();
    let world = world.reopen().await;
    let new = open_for(&world, 60).await;
    assert_eq!(due(&world, 10).await, [old]);
    world.advance(60);
    assert_eq!(due(&world, 10).await, [old, new]);
}

/// A claimed session wakes when the claim lapses, and again at its deadline.
pub async fn a_claim_wakes_when_it_lapses<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    let claimed = world.commit(then(&session, &world.now(), [claimed("mei", &world.now())])).await;
    let lapses = world.now().wall + CLAIM_HOLD;
    assert_eq!(world.store().due(world.now(), 10).await.unwrap().next, Some(lapses));
    world.clock.advance(CLAIM_HOLD);
    assert_eq!(due(&world, 10).await, [session.id()]);
    let released = askwell_core::session::Change::Released { by: None };
    world.commit(then(&claimed, &world.now(), [released])).await;
    assert!(due(&world, 10).await.is_empty());
    assert_eq!(world.store().due(world.now(), 10).await.unwrap().next, session.wakes_at());
    // Both at once are still one session.
    let late = world.open(world.question().timeout(&world.now(), CLAIM_HOLD)).await;
    world.commit(then(&late, &world.now(), [crate::fixtures::claimed("mei", &world.now())])).await;
    world.clock.advance(CLAIM_HOLD);
    assert_eq!(due(&world, 10).await, [late.id()]);
}

/// Many that only the wall clock calls due do not hide one that is.
pub async fn those_that_wait_do_not_starve_those_that_are_due<E: Engine>() {
    let world = World::<E>::new().await;
    for _ in 0..20 {
        open_for(&world, 1_000).await;
    }
    world.clock.step_wall(SignedDuration::from_secs(5_000));
    let id = open_for(&world, 10).await;
    world.advance(10);
    assert_eq!(due(&world, 3).await, [id]);
}

/// What is closed is over.
pub async fn closed_sessions_are_never_due<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    world.commit(then(&session, &world.now(), [cancelled("ci")])).await;
    world.advance(10_000);
    let due = world.store().due(world.now(), 10).await.unwrap();
    assert!(due.sessions.is_empty());
    assert_eq!(due.next, None);
}
