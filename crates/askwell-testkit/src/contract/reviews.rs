//! Open reviews, and sessions by the key that opened them.

use askwell_app::ports::{Everybody, SessionStore, Visible};

use super::{Engine, World};
use crate::fixtures::{Question, answered, cancelled, then};

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
    assert_eq!(world.store().count_open_reviews(Visible::All).await.unwrap(), 5);
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = world.store().open_reviews(Visible::All, after, 2).await.unwrap();
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
    let found = async |name| {
        let found = world.store().review_named(Visible::All, name).await.unwrap();
        found.map(|stored| stored.session.id())
    };
    assert_eq!((found("k").await, found("").await), (Some(second.id()), None));
}

/// What others may see neither takes the place of what somebody may, nor is it counted for them.
pub async fn reviews_of_others_are_not_met<E: Engine>() {
    let world = World::<E>::new().await;
    let ask = async |who: &str, whom: Option<&str>| {
        let question = world.question().kind("review").request_id("k").requester(who);
        let question = whom.into_iter().fold(question, Question::assignee);
        let session = world.open(question).await;
        world.advance(1);
        session.id()
    };
    let own = ask("ann", Some("bob")).await;
    let everybodys = ask("cyd", None).await;
    for _ in 0..40 {
        ask("cyd", Some("dan")).await;
    }
    let to = |subjects: &[&str], everybody| {
        let subjects = subjects.iter().map(|subject| (*subject).to_owned()).collect();
        Visible::To { subjects, everybody, workflow_prefix: None }
    };
    for (visible, expected) in [
        (to(&["asked:ann"], Everybody::Unseen), vec![own]),
        (to(&["user:bob"], Everybody::Seen), vec![own, everybodys]),
        (to(&["user:eve"], Everybody::Seen), vec![everybodys]),
        (to(&[], Everybody::Unseen), vec![]),
        (Visible::Only(everybodys), vec![everybodys]),
    ] {
        let told = format!("{visible:?}");
        let open = world.store().open_reviews(visible.clone(), None, 9).await.unwrap();
        assert_eq!(open.iter().map(|stored| stored.session.id()).collect::<Vec<_>>(), expected, "{told}");
        assert_eq!(world.store().count_open_reviews(visible.clone()).await.unwrap(), expected.len() as u64, "{told}");
        let named = world.store().review_named(visible, "k").await.unwrap();
        assert_eq!(named.map(|stored| stored.session.id()).as_ref(), expected.last(), "{told}");
    }
}
