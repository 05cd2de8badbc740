//! Open reviews, and sessions by the key that opened them.

use askwell_app::ports::{IdempotencyKey, SessionStore};

use super::{Engine, World};
use crate::fixtures::{answered, cancelled, keyed, then};

/// Open reviews come oldest first, page by page, and nothing else does.
pub async fn open_reviews_come_oldest_first<E: Engine>() {
    let world = World::<E>::new().await;
    let mut expected = Vec::new();
    for index in 0..7 {
        world.open(world.question()).await;
        let review = world.open(world.question().kind("review")).await;
        world.advance(1);
        match index {
            2 => drop(world.commit(then(&review, &world.now(), [cancelled("ci")])).await),
            4 => {
                let answer = answered("mei", serde_json::json!({"action": "approve"}), &world.now());
                world.commit(then(&review, &world.now(), [answer])).await;
            }
            _ => expected.push(review.id()),
        }
    }
    let world = world.reopen().await;
    assert_eq!(world.store().count_open_reviews().await.unwrap(), 5);
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = world.store().open_reviews(after, 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some(last.session.id());
        found.extend(page.iter().map(|stored| stored.session.id()));
    }
    assert_eq!(found, expected);
}

/// A key names the session that it opened, whatever became of that, and no other key does.
pub async fn a_key_names_its_session<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.commit(keyed(world.question().open(), "k", 1)).await;
    world.commit(then(&session, &world.now(), [cancelled("ci")])).await;
    let world = world.reopen().await;
    let of = |principal: &str, key: &str| IdempotencyKey { principal: principal.to_owned(), key: key.to_owned() };
    assert_eq!(world.store().keyed(&of("local", "k")).await.unwrap(), Some(session.id()));
    assert_eq!(world.store().keyed(&of("local", "other")).await.unwrap(), None);
    assert_eq!(world.store().keyed(&of("somebody else", "k")).await.unwrap(), None);
}
