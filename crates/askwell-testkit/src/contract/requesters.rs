//! What a requester has open, and what they asked before.

use askwell_app::ports::{IdempotencyKey, SessionStore};

use super::{Engine, World};
use crate::fixtures::{answered, cancelled, keyed, then};

/// Whoever asked has open sessions counted; not closed ones, nor those of others, nor what others asked for them.
pub async fn open_ones_are_counted_by_requester<E: Engine>() {
    let world = World::<E>::new().await;
    let count = async |world: &World<E>, login: &str| world.store().count_open(login).await.unwrap();
    assert_eq!(count(&world, "ann").await, 0);
    let mut opened = Vec::new();
    for index in 0..5 {
        let question = world.question().requester("ann").assignee(if index % 2 == 0 { "mei" } else { "bob" });
        opened.push(world.open(question).await);
        world.open(world.question().requester("annabel").on_behalf_of("ann")).await;
        world.open(world.question().requester("cyd").on_behalf_of("cyd")).await;
        world.open(world.question()).await;
        world.advance(1);
    }
    world.commit(then(&opened[0], &world.now(), [cancelled("ci")])).await;
    let answer = answered("mei", serde_json::json!({}), &world.now());
    world.commit(then(&opened[1], &world.now(), [answer])).await;
    let world = world.reopen().await;
    for (login, expected) in [("ann", 3), ("annabel", 5), ("cyd", 5), ("mei", 0), ("bob", 0), ("", 0)] {
        assert_eq!(count(&world, login).await, expected, "{login}");
    }
}

/// A session is found by the key that opened it, whatever became of it, and by no other.
pub async fn a_session_is_found_by_its_key<E: Engine>() {
    let world = World::<E>::new().await;
    let commit = keyed(world.question().open(), "k", 1);
    let (key, body) = commit.idempotency.clone().expect("it has a key");
    let session = world.commit(commit).await;
    world.open(world.question()).await;
    world.commit(then(&session, &world.now(), [cancelled("ci")])).await;
    let world = world.reopen().await;
    assert_eq!(world.store().keyed(&key).await.unwrap(), Some((session.id(), body)));
    for other in [
        IdempotencyKey { key: "other".to_owned(), ..key.clone() },
        IdempotencyKey { principal: "user:other".to_owned(), ..key.clone() },
    ] {
        assert_eq!(world.store().keyed(&other).await.unwrap(), None, "{other:?}");
    }
}
