//! Lists: every filter, every order, every page.

use std::time::Duration;

use askwell_app::ports::{Order, SessionQuery, SessionStore, StoreError};
use askwell_core::ids::SessionId;
use askwell_core::{Session, Status};
use serde_json::json;

use super::{Engine, World};
use crate::fixtures::{answered, cancelled, claimed, then};

fn query() -> SessionQuery {
    SessionQuery { limit: 100, ..SessionQuery::default() }
}

async fn ids<E: Engine>(world: &World<E>, query: SessionQuery) -> Vec<SessionId> {
    let page = world.store().sessions(query).await.unwrap();
    page.sessions.iter().map(|stored| stored.session.id()).collect()
}

/// A few sessions of all sorts, oldest first.
async fn some<E: Engine>(world: &World<E>) -> Vec<Session> {
    let mut sessions = Vec::new();
    for index in 0_u64..12 {
        let now = world.now();
        let question = world
            .question()
            .kind(if index % 2 == 0 { "confirmation" } else { "selection" })
            .workflow(if index % 3 == 0 { "deploy" } else { "report" })
            .node(if index % 4 == 0 { "n0" } else { "n1" })
            .assignee(if index % 5 == 0 { "mei" } else { "bob" })
            .tag("all")
            .tag(if index % 6 == 0 { "six" } else { "other" })
            .timeout(&now, Duration::from_secs(5_000 - index * 100));
        let session = world.open(question).await;
        world.advance(1);
        let now = world.now();
        let session = match index % 4 {
            0 => session,
            1 => world.commit(then(&session, &now, [claimed("mei", &now)])).await,
            2 => world.commit(then(&session, &now, [cancelled("ci")])).await,
            _ => world.commit(then(&session, &now, [answered("mei", json!({}), &now)])).await,
        };
        sessions.push(session);
        world.advance(1);
    }
    sessions
}

/// Each filter alone, and all together, against the same by hand.
pub async fn every_filter_filters<E: Engine>() {
    let world = World::<E>::new().await;
    let sessions = some(&world).await;
    let middle = sessions[5].opened.at;
    let queries = [
        query(),
        SessionQuery { statuses: vec![Status::Pending, Status::Cancelled], ..query() },
        SessionQuery { statuses: vec![Status::Completed], ..query() },
        SessionQuery { statuses: vec![Status::Error], ..query() },
        SessionQuery { kinds: vec!["selection".to_owned(), "review".to_owned()], ..query() },
        SessionQuery { workflow_id: Some("deploy".to_owned()), ..query() },
        SessionQuery { assignee: Some("mei".to_owned()), ..query() },
        SessionQuery { node_id: Some("n0".to_owned()), ..query() },
        SessionQuery { tags: vec!["all".to_owned(), "six".to_owned()], ..query() },
        SessionQuery { created_after: Some(middle), ..query() },
        SessionQuery { created_before: Some(middle), ..query() },
        SessionQuery {
            statuses: vec![Status::Pending],
            kinds: vec!["confirmation".to_owned()],
            workflow_id: Some("deploy".to_owned()),
            assignee: Some("mei".to_owned()),
            node_id: Some("n0".to_owned()),
            tags: vec!["six".to_owned()],
            created_before: Some(middle),
            ..query()
        },
    ];
    for query in queries {
        for order in [Order::CreatedDesc, Order::ExpiresAsc] {
            let query = SessionQuery { order, ..query.clone() };
            let mut expected: Vec<_> = sessions.iter().filter(|session| matches(&query, session)).collect();
            let open = expected.iter().filter(|session| !session.status.is_closed()).count();
            // Of these sessions a later one has an earlier deadline: both orders are the reverse.
            expected.reverse();
            let page = world.store().sessions(query.clone()).await.unwrap();
            let found: Vec<_> = page.sessions.iter().map(|stored| &stored.session).collect();
            assert_eq!(found, expected, "{query:?}");
            assert_eq!((page.total_open, page.next), (open as u64, None), "{query:?}");
        }
    }
}

fn matches(query: &SessionQuery, session: &Session) -> bool {
    let opened = &session.opened;
    let is = |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().is_none_or(|w| found == Some(w));
    (query.statuses.is_empty() || query.statuses.contains(&session.status))
        && (query.kinds.is_empty() || query.kinds.iter().any(|kind| *kind == opened.interaction.kind()))
        && is(&query.workflow_id, opened.workflow_id.as_deref())
        && is(&query.assignee, opened.assignee.as_deref())
        && is(&query.node_id, opened.interaction.get("node_id").as_str())
        && query.tags.iter().all(|tag| opened.tags.contains(tag))
        && query.created_after.is_none_or(|after| opened.at >= after)
        && query.created_before.is_none_or(|before| opened.at < before)
}

/// Each order, over open and closed ones.
pub async fn every_order_orders<E: Engine>() {
    let world = World::<E>::new().await;
    let mut sessions = some(&world).await;
    for order in [Order::CreatedDesc, Order::CreatedAsc, Order::ExpiresAsc, Order::UpdatedDesc] {
        sessions.sort_by_key(|session| {
            let (created, expires) = (session.opened.at, session.state.deadline.expires_at);
            match order {
                Order::CreatedDesc => (-created.as_millisecond(), 0),
                Order::CreatedAsc => (created.as_millisecond(), 0),
                Order::ExpiresAsc => (expires.as_millisecond(), 0),
                Order::UpdatedDesc => (-session.updated_at.as_millisecond(), 0),
            }
        });
        let expected: Vec<_> = sessions.iter().map(Session::id).collect();
        assert_eq!(ids(&world, SessionQuery { order, ..query() }).await, expected, "{order:?}");
    }
}

/// Page by page one meets every session once, ties and all.
pub async fn pages_are_complete_and_disjoint<E: Engine>() {
    let world = World::<E>::new().await;
    some(&world).await;
    for index in 0..9 {
        let session = world.open(world.question()).await;
        if index % 2 == 0 {
            world.commit(then(&session, &world.now(), [cancelled("ci")])).await;
        }
    }
    for order in [Order::CreatedDesc, Order::CreatedAsc, Order::ExpiresAsc, Order::UpdatedDesc] {
        let expected = ids(&world, SessionQuery { order, ..query() }).await;
        assert_eq!(expected.len(), 21);
        let mut found = Vec::new();
        let mut place = None;
        loop {
            let asked = SessionQuery { order, limit: 4, place, ..query() };
            let page = world.store().sessions(asked).await.unwrap();
            assert!(page.sessions.len() <= 4);
            found.extend(page.sessions.iter().map(|stored| stored.session.id()));
            place = page.next;
            if place.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "{order:?}");
    }
}

/// Words are found in title and message, in any script, whatever the case.
pub async fn text_is_found_whatever_its_case<E: Engine>() {
    let world = World::<E>::new().await;
    let a = world.open(world.question().words("Deploy ÜBERALL", "100% sure?")).await.id();
    let b = world.open(world.question().words("部署到生产环境", "请确认")).await;
    let b = world.commit(then(&b, &world.now(), [cancelled("ci")])).await.id();
    for (text, expected) in [
        ("überall", vec![a]),
        ("DEPLOY", vec![a]),
        ("0% s", vec![a]),
        ("部署", vec![b]),
        ("确认", vec![b]),
        ("_", vec![]),
        ("nothing of this", vec![]),
    ] {
        let asked = SessionQuery { text: Some(text.to_owned()), ..query() };
        let page = world.store().sessions(asked.clone()).await.unwrap();
        assert_eq!(ids(&world, asked).await, expected, "{text}");
        assert_eq!(page.total_open, u64::from(expected == [a]), "{text}");
    }
}

/// The open ones are counted over all pages.
pub async fn open_ones_are_counted<E: Engine>() {
    let world = World::<E>::new().await;
    some(&world).await;
    let count = |query: SessionQuery| {
        let world = &world;
        async move { world.store().sessions(SessionQuery { limit: 1, ..query }).await.unwrap().total_open }
    };
    assert_eq!(count(query()).await, 6);
    assert_eq!(count(SessionQuery { statuses: vec![Status::Active], ..query() }).await, 3);
    assert_eq!(count(SessionQuery { statuses: vec![Status::Completed], ..query() }).await, 0);
    assert_eq!(count(SessionQuery { node_id: Some("n0".to_owned()), ..query() }).await, 3);
    let active = SessionQuery { statuses: vec![Status::Active], kinds: vec!["selection".to_owned()], ..query() };
    assert_eq!(count(active).await, 3);
}

/// A place that was never given out is refused, not taken for the first page.
pub async fn a_foreign_place_is_refused<E: Engine>() {
    let world = World::<E>::new().await;
    for place in ["", "x", "1", "1.", ".1", "1.x"] {
        let asked = SessionQuery { place: Some(place.to_owned()), ..query() };
        assert_eq!(world.store().sessions(asked).await, Err(StoreError::InvalidPlace), "{place}");
    }
}
