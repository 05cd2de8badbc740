//! Open reviews, and sessions by the key that opened them.

use askwell_app::ports::SessionStore;

use super::{Engine, World};
use crate::fixtures::{answered, cancelled, then};

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

/// A review is found by its name, whatever became of it, and only by that; several requesters may use one name.
pub async fn a_review_is_found_by_its_name<E: Engine>() {
    let world = World::<E>::new().await;
    let named = |name: &str| world.question().kind("review").request_id(name).open();
    let first = world.commit(named("k")).await;
    world.commit(then(&first, &world.now(), [cancelled("ci")])).await;
    world.advance(1);
    let second = world.commit(named("k")).await;
    world.commit(named("other")).await;
    world.commit(world.question().kind("review").open()).await;
    let world = world.reopen().await;
    let found = world.store().reviews_named("k").await.unwrap();
    assert_eq!(found.iter().map(|stored| stored.session.id()).collect::<Vec<_>>(), [second.id(), first.id()]);
    assert!(world.store().reviews_named("").await.unwrap().is_empty());
}
