//! Whatever is committed, the row is what its events make of it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a broken expectation is a failed test")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{Clock, Ids, SessionStore, StoreError, Visible};
use askwell_core::Session;
use askwell_core::ids::Version;
use askwell_core::now::Deadline;
use askwell_core::session::Change;
use askwell_sqlite::Synchronous;
use askwell_testkit::contract::Engine;
use askwell_testkit::fixtures::{Question, answered, cancelled, claimed, person, then};
use askwell_testkit::{TestClock, TestIds};
use proptest::prelude::*;
use support::TestEngine;

#[derive(Clone, Debug)]
enum Step {
    Open { kind: u8, timeout: u16 },
    Change { session: usize, what: Vec<u8>, stale: bool },
    Advance(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (any::<u8>(), 1..5_000_u16).prop_map(|(kind, timeout)| Step::Open { kind, timeout }),
        6 => (any::<usize>(), prop::collection::vec(any::<u8>(), 1..4), prop::bool::weighted(0.2))
            .prop_map(|(session, what, stale)| Step::Change { session, what, stale }),
        1 => any::<u16>().prop_map(Step::Advance),
    ]
}

fn change(what: u8, session: &Session, clock: &TestClock) -> Change {
    let now = clock.now();
    match what % 8 {
        0 | 1 => claimed(if what < 128 { "mei" } else { "bob" }, &now),
        2 => Change::Released { by: (what < 128).then(|| person("mei")) },
        3 | 4 => {
            let by_time = Duration::from_secs(u64::from(what));
            let Deadline { expires_at, steady_at, run } = session.state.deadline;
            let deadline = Deadline { expires_at: expires_at + by_time, steady_at: steady_at + by_time, run };
            Change::Extended { by: person("ci"), deadline, by_time }
        }
        5 => answered("mei", serde_json::json!({ "n": what, "text": "好" }), &now),
        6 => cancelled("ci"),
        _ => Change::TimedOut { response: None },
    }
}

async fn run(steps: Vec<Step>) {
    let engine = TestEngine::with(|options| options.synchronous = Synchronous::Normal);
    let (clock, ids) = (TestClock::new(), TestIds::default());
    let mut sessions: Vec<Session> = Vec::new();
    for step in steps {
        match step {
            Step::Advance(seconds) => clock.advance(Duration::from_secs(seconds.into())),
            Step::Open { kind, timeout } => {
                let now = clock.now();
                let commit = Question::new(ids.session(), &now)
                    .kind(["confirmation", "review"][usize::from(kind % 2)])
                    .timeout(&now, Duration::from_secs(timeout.into()))
                    .open();
                sessions.push(commit.session.clone());
                engine.store().commit(commit).await.unwrap();
            }
            Step::Change { session, what, stale } => {
                let count = sessions.len().max(1);
                let Some(session) = sessions.get_mut(session % count) else { continue };
                if session.status.is_closed() {
                    continue;
                }
                // Several changes in one commit, as long as it stays open before the last.
                let mut changes = Vec::new();
                let mut reached = session.clone();
                for what in what {
                    if reached.status.is_closed() {
                        break;
                    }
                    let change = change(what, &reached, &clock);
                    reached = reached.apply(&askwell_core::Event { at: clock.now().wall, change: change.clone() });
                    changes.push(change);
                }
                let mut commit = then(session, &clock.now(), changes);
                if stale {
                    commit.expected = Version(session.version.0 + 1);
                    commit.session.version = Version(commit.session.version.0 + 1);
                    assert_eq!(engine.store().commit(commit).await, Err(StoreError::Stale));
                } else {
                    engine.store().commit(commit).await.unwrap();
                    *session = reached;
                }
            }
        }
    }
    let engine = engine.reopen().await;
    let store = engine.store();
    let mut events = 0;
    for session in &sessions {
        let history = store.history(session.id()).await.unwrap();
        let Change::Opened(opened) = &history[0].event.change else { panic!("the first event opens") };
        let folded = history[1..]
            .iter()
            .fold(Session::from_opened(Arc::clone(opened)), |session, stored| session.apply(&stored.event));
        let row = store.session(session.id()).await.unwrap().unwrap();
        assert_eq!(folded, row.session);
        assert_eq!(&row.session, session);
        assert_eq!(row.cursor, history.last().unwrap().cursor);
        events += history.len();
    }
    let span = store.feed_span().await.unwrap();
    assert_eq!(store.events(span.earliest, 100_000).await.unwrap().len(), events);
    let counts = store.statistics(Visible::All).await.unwrap();
    let total = counts.pending + counts.active + counts.completed + counts.timeout + counts.cancelled + counts.error;
    assert_eq!(total, sessions.len() as u64);
    let open = sessions.iter().filter(|session| !session.status.is_closed()).count();
    assert_eq!(counts.pending + counts.active, open as u64);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_row_is_the_fold_of_its_events(steps in prop::collection::vec(step(), 1..60)) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(run(steps));
    }
}
