//! Callbacks owed: claimed by lease, in order, each try recorded.

use std::time::Duration;

use askwell_app::ports::{
    Attempt, Delivery, DeliveryQuery, DeliveryState, DeliveryStore, Ids, SessionStore, StoreError, Verdict,
};
use askwell_core::ids::DeliveryId;
use jiff::Timestamp;

use super::{Engine, World};
use crate::fixtures::{cancelled, claimed, owing, then};

const LEASE: Duration = Duration::from_mins(1);

/// Opens and closes a session that then owes a callback.
async fn owe<E: Engine>(world: &World<E>, endpoint: &str) -> DeliveryId {
    let session = world.open(world.question()).await;
    let id = world.ids.delivery();
    world.commit(owing(then(&session, &world.now(), [cancelled("ci")]), id, endpoint)).await;
    id
}

async fn claim<E: Engine>(world: &World<E>, busy: &[&str], limit: usize) -> (Vec<Delivery>, Option<Timestamp>) {
    let now = world.now().wall;
    let busy = busy.iter().map(|endpoint| (*endpoint).to_owned()).collect();
    world.store().claim_deliveries(now, now + LEASE, busy, limit).await.unwrap()
}

async fn claim_ids<E: Engine>(world: &World<E>, busy: &[&str], limit: usize) -> Vec<DeliveryId> {
    claim(world, busy, limit).await.0.into_iter().map(|delivery| delivery.id).collect()
}

fn verdict<E: Engine>(world: &World<E>, state: DeliveryState, again_in: Option<u64>) -> Verdict {
    let at = world.now().wall;
    let failed = state != DeliveryState::Delivered;
    let status = if failed { None } else { Some(200) };
    let error = failed.then(|| "connection refused".to_owned());
    let attempt = Attempt { at, took: Duration::from_millis(12), status, error };
    Verdict { attempt, state, next_attempt_at: again_in.map(|seconds| at + Duration::from_secs(seconds)) }
}

/// A callback is there as soon as its commit is.
pub async fn a_delivery_is_owed_with_its_commit<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    let commit = owing(then(&session, &world.now(), [cancelled("ci")]), world.ids.delivery(), "https://a.test");
    let new = commit.deliveries[0].clone();
    assert!(world.store().commit(commit).await.unwrap().owes_delivery);
    let expected = Delivery {
        id: new.id,
        session: session.id(),
        version: new.version,
        url: new.url,
        endpoint: new.endpoint,
        body: new.body,
        state: DeliveryState::Pending,
        attempts_made: 0,
        created_at: new.at,
        next_attempt_at: Some(new.at),
        attempts: Vec::new(),
    };
    assert_eq!(world.store().delivery(new.id).await.unwrap(), Some(expected.clone()));
    assert_eq!(claim(&world, &[], 10).await.0, [expected]);
}

/// What is leased is not claimed again.
pub async fn a_claim_leases<E: Engine>() {
    let world = World::<E>::new().await;
    let mut owed = Vec::new();
    for _ in 0..3 {
        owed.push(owe(&world, "https://a.test").await);
        world.advance(1);
    }
    assert_eq!(claim_ids(&world, &[], 2).await, owed[..2]);
    assert_eq!(claim_ids(&world, &[], 2).await, owed[2..]);
    assert!(claim_ids(&world, &[], 2).await.is_empty());
}

/// A lease that ran out, or that a restart frees, can be claimed again.
pub async fn a_lease_ends<E: Engine>() {
    let world = World::<E>::new().await;
    let id = owe(&world, "https://a.test").await;
    assert_eq!(claim_ids(&world, &[], 1).await, [id]);
    world.clock.advance(LEASE);
    assert_eq!(claim_ids(&world, &[], 1).await, [id]);
    assert!(claim_ids(&world, &[], 1).await.is_empty());
    let world = world.reopen().await;
    assert!(claim_ids(&world, &[], 1).await.is_empty());
    world.store().release_leases().await.unwrap();
    assert_eq!(claim_ids(&world, &[], 1).await, [id]);
}

/// A later callback of a session waits for the earlier one.
pub async fn a_session_is_served_in_order<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    let (first, second) = (world.ids.delivery(), world.ids.delivery());
    let now = world.now();
    let session = world.commit(owing(then(&session, &now, [claimed("mei", &now)]), first, "https://a.test")).await;
    world.commit(owing(then(&session, &now, [cancelled("ci")]), second, "https://b.test")).await;
    assert_eq!(claim_ids(&world, &[], 10).await, [first]);
    assert!(claim_ids(&world, &[], 10).await.is_empty());
    world.store().settle_delivery(first, verdict(&world, DeliveryState::Pending, Some(300))).await.unwrap();
    let (none, next) = claim(&world, &[], 10).await;
    assert!(none.is_empty());
    assert_eq!(next, Some(now.wall + Duration::from_mins(5)));
    world.advance(300);
    assert_eq!(claim_ids(&world, &[], 10).await, [first]);
    world.store().settle_delivery(first, verdict(&world, DeliveryState::Dead, None)).await.unwrap();
    assert_eq!(claim_ids(&world, &[], 10).await, [second]);
    // While one is on its way, the redelivered other one waits.
    world.store().redeliver(first, world.now().wall).await.unwrap();
    assert!(claim_ids(&world, &[], 10).await.is_empty());
    world.store().settle_delivery(second, verdict(&world, DeliveryState::Delivered, None)).await.unwrap();
    assert_eq!(claim_ids(&world, &[], 10).await, [first]);
}

/// A busy endpoint holds up nobody else.
pub async fn busy_endpoints_are_skipped<E: Engine>() {
    let world = World::<E>::new().await;
    for _ in 0..20 {
        owe(&world, "https://slow.test").await;
    }
    world.advance(1);
    let quick = owe(&world, "https://quick.test").await;
    assert_eq!(claim_ids(&world, &["https://slow.test"], 5).await, [quick]);
    let busy = ["https://slow.test", "https://quick.test"];
    assert_eq!(claim(&world, &busy, 5).await, (Vec::new(), None));
    assert_eq!(claim_ids(&world, &[], 5).await.len(), 5);
}

/// Each try is told, oldest first.
pub async fn attempts_are_recorded<E: Engine>() {
    let world = World::<E>::new().await;
    let id = owe(&world, "https://a.test").await;
    let mut tried = Vec::new();
    for (state, again) in
        [(DeliveryState::Pending, Some(5)), (DeliveryState::Refused, Some(5)), (DeliveryState::Delivered, None)]
    {
        assert_eq!(claim_ids(&world, &[], 1).await, [id]);
        let verdict = verdict(&world, state, again);
        tried.push(verdict.attempt.clone());
        world.store().settle_delivery(id, verdict.clone()).await.unwrap();
        let delivery = world.store().delivery(id).await.unwrap().unwrap();
        assert_eq!((delivery.state, delivery.attempts_made), (state, u32::try_from(tried.len()).unwrap()));
        assert_eq!(delivery.next_attempt_at, verdict.next_attempt_at);
        assert_eq!(delivery.attempts, tried);
        world.advance(5);
    }
    assert!(claim_ids(&world, &[], 1).await.is_empty());
    world.store().settle_delivery(world.ids.delivery(), verdict(&world, DeliveryState::Dead, None)).await.unwrap();
}

/// A redelivery is due at once, counts anew and keeps what was tried; one on its way stays.
pub async fn redelivery_starts_anew<E: Engine>() {
    let world = World::<E>::new().await;
    let id = owe(&world, "https://a.test").await;
    claim_ids(&world, &[], 1).await;
    let leased = world.store().delivery(id).await.unwrap();
    assert_eq!(world.store().redeliver(id, world.now().wall).await.unwrap(), leased);
    assert!(claim_ids(&world, &[], 1).await.is_empty());
    world.store().settle_delivery(id, verdict(&world, DeliveryState::Dead, None)).await.unwrap();
    world.advance(1_000);
    let again = world.store().redeliver(id, world.now().wall).await.unwrap().unwrap();
    assert_eq!((again.state, again.attempts_made, again.attempts.len()), (DeliveryState::Pending, 0, 1));
    assert_eq!(again.next_attempt_at, Some(world.now().wall));
    assert_eq!(claim_ids(&world, &[], 1).await, [id]);
    assert_eq!(world.store().redeliver(world.ids.delivery(), world.now().wall).await.unwrap(), None);
}

/// Newest first, by state, by session, page by page.
pub async fn deliveries_are_listed<E: Engine>() {
    let world = World::<E>::new().await;
    let mut owed = Vec::new();
    for _ in 0..5 {
        owed.push(owe(&world, "https://a.test").await);
    }
    world.store().settle_delivery(owed[1], verdict(&world, DeliveryState::Dead, None)).await.unwrap();
    world.store().settle_delivery(owed[2], verdict(&world, DeliveryState::Delivered, None)).await.unwrap();
    let list = |query: DeliveryQuery| {
        let world = &world;
        async move {
            let page = world.store().deliveries(query).await.unwrap();
            (page.deliveries.iter().map(|delivery| delivery.id).collect::<Vec<_>>(), page.next)
        }
    };
    let query = DeliveryQuery { limit: 2, ..DeliveryQuery::default() };
    let (first, place) = list(query.clone()).await;
    let (second, place) = list(DeliveryQuery { place, ..query.clone() }).await;
    let (third, place) = list(DeliveryQuery { place, ..query.clone() }).await;
    let newest_first: Vec<_> = owed.iter().rev().copied().collect();
    assert_eq!([first, second, third].concat(), newest_first);
    assert_eq!(place, None);
    for (state, expected) in [
        (DeliveryState::Dead, vec![owed[1]]),
        (DeliveryState::Delivered, vec![owed[2]]),
        (DeliveryState::Refused, vec![]),
        (DeliveryState::Pending, vec![owed[4], owed[3], owed[0]]),
    ] {
        let query = DeliveryQuery { state: Some(state), limit: 10, ..DeliveryQuery::default() };
        assert_eq!(list(query).await.0, expected, "{state:?}");
    }
    let session = world.store().delivery(owed[3]).await.unwrap().unwrap().session;
    let query = DeliveryQuery { session: Some(session), limit: 10, ..DeliveryQuery::default() };
    assert_eq!(list(query).await.0, [owed[3]]);
    let foreign = DeliveryQuery { place: Some("x".to_owned()), limit: 1, ..DeliveryQuery::default() };
    assert_eq!(world.store().deliveries(foreign).await, Err(StoreError::InvalidPlace));
}

/// A claim says when it pays to claim again.
pub async fn the_next_is_told<E: Engine>() {
    let world = World::<E>::new().await;
    assert_eq!(claim(&world, &[], 5).await, (Vec::new(), None));
    let (a, b) = (owe(&world, "https://a.test").await, owe(&world, "https://b.test").await);
    let (some, next) = claim(&world, &[], 1).await;
    assert_eq!(some[0].id, a);
    assert!(next.unwrap() <= world.now().wall);
    assert_eq!(claim_ids(&world, &[], 1).await, [b]);
    world.store().settle_delivery(a, verdict(&world, DeliveryState::Pending, Some(30))).await.unwrap();
    world.store().settle_delivery(b, verdict(&world, DeliveryState::Pending, Some(7))).await.unwrap();
    let (none, next) = claim(&world, &[], 1).await;
    assert!(none.is_empty());
    assert_eq!(next, Some(world.now().wall + Duration::from_secs(7)));
}
