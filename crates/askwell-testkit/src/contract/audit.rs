//! The audit: what is committed is said, what is refused is not, and a chain holds it.

use std::sync::Arc;

use askwell_app::ports::{AuditQuery, AuditStore, Commit, Ids, SealedBatch, SessionStore, StoreError};
use askwell_core::audit::{AuditEntry, Head, Verifier};
use askwell_core::ids::Version;
use tokio::task::JoinSet;

use super::{Engine, World};
use crate::fixtures::{audited, cancelled, entry, then};

/// Every batch of the chain.
async fn sealed<S: AuditStore>(store: &S, limit: usize) -> Vec<SealedBatch> {
    let (mut batches, mut after): (Vec<SealedBatch>, _) = (Vec::new(), 0);
    loop {
        let some = store.sealed(after, limit).await.unwrap();
        let Some(last) = some.last() else { return batches };
        after = last.seal.last;
        batches.extend(some);
    }
}

/// The head of the chain, which must hold.
async fn verified<S: AuditStore>(store: &S, limit: usize) -> Head {
    let mut verifier = Verifier::default();
    for SealedBatch { entries, seal } in sealed(store, limit).await {
        for (number, text) in entries {
            verifier.entry(number, text.as_bytes()).unwrap();
        }
        verifier.seal(seal.first, seal.last, &seal.hash).unwrap();
    }
    verifier.finish().unwrap()
}

async fn actions<S: AuditStore>(store: &S, query: AuditQuery) -> Vec<String> {
    let query = AuditQuery { limit: if query.limit == 0 { 1_000 } else { query.limit }, ..query };
    store.audit(query).await.unwrap().into_iter().map(|row| row.entry.action).collect()
}

/// What is recorded is there at once, in its order, and after a restart.
pub async fn what_is_recorded_is_kept<E: Engine>() {
    let world = World::<E>::new().await;
    assert_eq!(verified(world.store(), 10).await, Head::EMPTY);
    world.store().record(Vec::new()).await.unwrap();
    assert_eq!(verified(world.store(), 10).await, Head::EMPTY);
    let mut entries = vec![entry("login.done", world.now().wall), entry("login.refused", world.now().wall)];
    entries[1].detail.insert("way".to_owned(), "口令 \"x\"\n".into());
    entries[1].session = Some(world.ids.session());
    world.store().record(entries.clone()).await.unwrap();
    let head = verified(world.store(), 10).await;
    assert_eq!(head.last, 2);
    let world = world.reopen().await;
    assert_eq!(verified(world.store(), 10).await, head);
    let rows = world.store().audit(AuditQuery { limit: 10, ..AuditQuery::default() }).await.unwrap();
    let told: Vec<_> = rows.iter().rev().map(|row| (row.number, row.entry.clone())).collect();
    assert_eq!(told, (1..).zip(entries).collect::<Vec<_>>());
    world.store().record(vec![entry("user.added", world.now().wall)]).await.unwrap();
    assert_eq!(verified(world.store(), 10).await.last, 3);
}

/// What a commit says is stored with it; what is refused says nothing, and disturbs nobody who shares its batch.
pub async fn only_what_was_done_is_said<E: Engine>() {
    let world = World::<E>::new().await;
    let session = world.open(world.question()).await;
    let cancel = audited(then(&session, &world.now(), [cancelled("ci")]));
    let mut stale = cancel.clone();
    stale.expected = Version(7);
    stale.session.version = Version(8);
    let mut racers = JoinSet::new();
    for index in 0..60 {
        let store = Arc::clone(world.engine.store());
        let commit: Commit = if index % 2 == 0 { audited(world.question().open()) } else { stale.clone() };
        racers.spawn(async move { (index % 2 == 0, store.commit(commit).await) });
    }
    for (is_good, outcome) in racers.join_all().await {
        assert_eq!(outcome.is_ok(), is_good);
        assert!(is_good || outcome == Err(StoreError::Stale));
    }
    world.commit(cancel).await;
    let head = verified(world.store(), 7).await;
    assert_eq!(head.last, 31);
    let of_session = AuditQuery { session: Some(session.id()), ..AuditQuery::default() };
    assert_eq!(actions(world.store(), of_session).await, ["session.cancelled"]);
}

/// Whoever writes beside whom: numbers have no hole, each seal closes a whole batch.
pub async fn numbers_have_no_hole<E: Engine>() {
    let world = World::<E>::new().await;
    let mut racers = JoinSet::new();
    for _ in 0..8 {
        let commits: Vec<_> = (0..10).map(|_| audited(world.question().open())).collect();
        let (store, at) = (Arc::clone(world.engine.store()), world.now().wall);
        racers.spawn(async move {
            for commit in commits {
                store.commit(commit).await.unwrap();
                store.record(vec![entry("login.done", at), entry("login.ended", at)]).await.unwrap();
            }
        });
    }
    racers.join_all().await;
    let head = verified(world.store(), 1).await;
    assert_eq!(head.last, 240);
    let batches = sealed(world.store(), 1_000).await;
    assert_eq!(sealed(world.store(), 5).await, batches);
    for SealedBatch { entries, seal } in &batches {
        let numbers: Vec<_> = entries.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, (seal.first..=seal.last).collect::<Vec<_>>());
    }
    let all = AuditQuery { limit: 1_000, ..AuditQuery::default() };
    let numbers: Vec<_> = world.store().audit(all).await.unwrap().iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=240).rev().collect::<Vec<_>>());
}

/// Every filter filters, alone and with others, and pages are complete and disjoint, also where an engine keeps old
/// entries otherwise than new ones.
pub async fn entries_are_found<E: Engine>() {
    let world = World::<E>::new().await;
    let start = world.now().wall;
    let sessions = [world.ids.session(), world.ids.session()];
    let mut kept: Vec<AuditEntry> = Vec::new();
    for index in 0..360_usize {
        world.advance(1);
        let actions = ["session.opened", "session.answered", "login.refused", "session"];
        let mut entry = entry(actions[index % 4], world.now().wall);
        ["user:mei", "user:mei2", "token:x"][index % 3].clone_into(&mut entry.actor);
        entry.session = (index % 5 < 2).then(|| sessions[index % 5]);
        kept.push(entry);
    }
    for batch in kept.chunks(7) {
        world.store().record(batch.to_vec()).await.unwrap();
    }
    let second = |second: i64| Some(start + jiff::SignedDuration::from_secs(second));
    let text = |text: &str| Some(text.to_owned());
    let query = AuditQuery { limit: 1_000, ..AuditQuery::default() };
    let table: Vec<AuditQuery> = vec![
        query.clone(),
        AuditQuery { actor: text("user:mei"), ..query.clone() },
        AuditQuery { actor: text("user:me"), ..query.clone() },
        AuditQuery { action: text("session"), ..query.clone() },
        AuditQuery { action: text("session."), ..query.clone() },
        AuditQuery { action: text("session.answered"), ..query.clone() },
        AuditQuery { action: text("%"), ..query.clone() },
        AuditQuery { session: Some(sessions[1]), ..query.clone() },
        AuditQuery { since: second(20), ..query.clone() },
        AuditQuery { until: second(20), ..query.clone() },
        AuditQuery { since: second(10), until: second(20), ..query.clone() },
        AuditQuery { since: second(200), until: second(300), ..query.clone() },
        AuditQuery { before: Some(31), ..query.clone() },
        AuditQuery { action: text("login"), before: Some(300), ..query.clone() },
        AuditQuery { actor: text("token:x"), action: text("login"), since: second(5), ..query.clone() },
        AuditQuery { session: Some(sessions[0]), actor: text("user:mei2"), before: Some(50), ..query.clone() },
    ];
    for query in table {
        let mut expected: Vec<u64> = (1..)
            .zip(&kept)
            .filter(|(number, entry)| matches(&query, *number, entry))
            .map(|(number, _)| number)
            .collect();
        expected.reverse();
        let mut found = Vec::new();
        let mut before = query.before;
        loop {
            let page = world.store().audit(AuditQuery { before, limit: 7, ..query.clone() }).await.unwrap();
            assert!(page.len() <= 7);
            let Some(last) = page.last() else { break };
            before = Some(last.number);
            found.extend(page.iter().map(|row| row.number));
        }
        assert_eq!(found, expected, "{query:?}");
    }
}

fn matches(query: &AuditQuery, number: u64, entry: &AuditEntry) -> bool {
    query.actor.as_ref().is_none_or(|actor| *actor == entry.actor)
        && query.action.as_ref().is_none_or(|action| entry.action.starts_with(action))
        && query.session.is_none_or(|session| entry.session == Some(session))
        && query.since.is_none_or(|since| entry.at >= since)
        && query.until.is_none_or(|until| entry.at < until)
        && query.before.is_none_or(|before| number < before)
}
