//! What holds over every life of a session: random commands, clocks that jump, processes that restart.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should stop")]

use std::time::Duration;

use askwell_core::access::Person;
use askwell_core::ids::{RunId, SessionId, Version};
use askwell_core::session::{Answer, CLAIM_HOLD, Change, Draft, Limits, Source, Takeover};
use askwell_core::{Command, Event, Findings, Now, Rejection, Session, Status, decide, open};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{FailurePersistence, FileFailurePersistence};
use serde_json::{Value, json};
use uuid::Uuid;

const MAX_TIMEOUT: Duration = Duration::from_hours(1);
const LIMITS: Limits = Limits {
    default_timeout: Duration::from_mins(5),
    review_timeout: Duration::from_mins(5),
    max_timeout: MAX_TIMEOUT,
};

/// One thing that happens to a session or to the clocks around it.
#[derive(Clone, Debug)]
enum Step {
    Answer {
        who: u8,
        choice: &'static str,
        seen: Seen,
    },
    Cancel {
        who: u8,
    },
    Claim {
        who: u8,
        takeover: Takeover,
    },
    Assign {
        who: u8,
        to: Option<u8>,
    },
    Delegate {
        who: u8,
        to: u8,
    },
    SetCandidates {
        who: u8,
        to: Vec<u8>,
    },
    Release {
        who: u8,
    },
    Extend {
        who: u8,
        seconds: u64,
    },
    Tick,
    Fail,
    /// Both clocks go on.
    Wait {
        seconds: u64,
    },
    /// Somebody sets the wall clock.
    JumpWall {
        seconds: i64,
    },
    /// Another process takes over; its steady clock starts at the wall.
    Restart,
}

#[derive(Clone, Copy, Debug)]
enum Seen {
    Nothing,
    This,
    Other,
}

fn any_step() -> impl Strategy<Value = Step> {
    let who = 0..3_u8;
    prop_oneof![
        4 => (who.clone(), prop::sample::select(vec!["confirm", "cancel", "nonsense"]),
              prop::sample::select(vec![Seen::Nothing, Seen::This, Seen::Other]))
            .prop_map(|(who, choice, seen)| Step::Answer { who, choice, seen }),
        1 => who.clone().prop_map(|who| Step::Cancel { who }),
        3 => (who.clone(), prop_oneof![4 => Just(Takeover::Never), 1 => Just(Takeover::Override)])
            .prop_map(|(who, takeover)| Step::Claim { who, takeover }),
        1 => (who.clone(), proptest::option::of(who.clone())).prop_map(|(who, to)| Step::Assign { who, to }),
        1 => (who.clone(), who.clone()).prop_map(|(who, to)| Step::Delegate { who, to }),
        1 => (who.clone(), proptest::collection::vec(who.clone(), 0..3))
            .prop_map(|(who, to)| Step::SetCandidates { who, to }),
        2 => who.clone().prop_map(|who| Step::Release { who }),
        2 => (who, 0..400_u64).prop_map(|(who, seconds)| Step::Extend { who, seconds }),
        4 => Just(Step::Tick),
        1 => Just(Step::Fail),
        4 => (0..200_u64).prop_map(|seconds| Step::Wait { seconds }),
        1 => (-1_000..1_000_i64).prop_map(|seconds| Step::JumpWall { seconds }),
        1 => Just(Step::Restart),
    ]
}

/// The clocks, and the true time that no clock step changes.
struct World {
    wall: Timestamp,
    steady: Timestamp,
    run: u128,
    elapsed: Duration,
    restarts: u32,
    jumps: u32,
}

impl World {
    fn new() -> Self {
        let start: Timestamp = "2025-06-17T10:30:00Z".parse().unwrap();
        Self { wall: start, steady: start, run: 1, elapsed: Duration::ZERO, restarts: 0, jumps: 0 }
    }

    fn now(&self) -> Now {
        Now { wall: self.wall, steady: self.steady, run: RunId(Uuid::from_u128(self.run)) }
    }

    fn turn(&mut self, step: &Step) {
        match step {
            Step::Wait { seconds } => {
                let step = Duration::from_secs(*seconds);
                self.wall += step;
                self.steady += step;
                self.elapsed += step;
            }
            Step::JumpWall { seconds } => {
                self.wall += SignedDuration::from_secs(*seconds);
                self.jumps += 1;
            }
            Step::Restart => {
                self.steady = self.wall;
                self.run += 1;
                self.restarts += 1;
            }
            _ => {}
        }
    }
}

fn person(who: u8) -> Person {
    Person { id: format!("p{who}"), verified: false }
}

fn body(on_timeout: &str) -> Value {
    json!({"interaction_data":{"interaction_type":"confirmation","title":"t","default_value":"cancel","timeout":300},
           "on_timeout": on_timeout, "extendable_seconds": 500})
}

fn command(step: &Step, session: &Session) -> Option<Command> {
    Some(match step {
        Step::Answer { who, choice, seen } => Command::Answer(Box::new(Answer {
            response: json!({ "choice": choice }),
            by: person(*who),
            comment: None,
            content_hash: match seen {
                Seen::Nothing => None,
                Seen::This => Some(session.opened.content_hash.clone()),
                Seen::Other => Some(askwell_core::digest::ContentHash("other".into())),
            },
            files: Vec::new(),
            assertion: None,
        })),
        Step::Cancel { who } => Command::Cancel { by: person(*who), reason: "r".into() },
        Step::Claim { who, takeover } => Command::Claim { by: person(*who), takeover: *takeover },
        Step::Assign { who, to } => Command::Assign { by: person(*who), assignee: to.map(|to| person(to).id) },
        Step::Delegate { who, to } => Command::Delegate { by: person(*who), to: person(*to).id },
        Step::SetCandidates { who, to } => {
            Command::SetCandidates { by: person(*who), candidates: to.iter().map(|to| person(*to).id).collect() }
        }
        Step::Release { who } => Command::Release { by: person(*who) },
        Step::Extend { who, seconds } => {
            Command::Extend { by: person(*who), by_time: Duration::from_secs(*seconds), max_timeout: MAX_TIMEOUT }
        }
        Step::Tick => Command::Tick,
        Step::Fail => Command::Fail { reason: "broken".into() },
        Step::Wait { .. } | Step::JumpWall { .. } | Step::Restart => return None,
    })
}

fn opened(on_timeout: &str, world: &World) -> Event {
    let mut findings = Findings::default();
    let draft = Draft::read(&body(on_timeout), &LIMITS, &mut findings).expect("a valid body");
    open(draft, SessionId(Uuid::from_u128(7)), person(9), &world.now())
}

fn first(event: &Event) -> Session {
    match &event.change {
        Change::Opened(opened) => Session::from_opened(opened.clone()),
        other => panic!("a session begins with {other:?}"),
    }
}

/// A failure prints its seed and keeps it beside this file.
fn seeds() -> Box<dyn FailurePersistence> {
    Box::new(FileFailurePersistence::WithSource("regressions"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, failure_persistence: Some(seeds()), ..ProptestConfig::default() })]

    #[test]
    fn a_session_has_one_outcome(
        steps in prop::collection::vec(any_step(), 0..60),
        on_timeout in prop::sample::select(vec!["expire", "default"]),
    ) {
        let mut world = World::new();
        let mut events = vec![opened(on_timeout, &world)];
        let mut session = first(&events[0]);
        let mut outcomes = 0;
        for step in &steps {
            world.turn(step);
            let now = world.now();
            let Some(command) = command(step, &session) else { continue };
            let before = session.clone();
            match decide(&session, command, &now) {
                Err(rejection) => {
                    // Whoever is refused by a closed session learns how it closed.
                    if before.status.is_closed() {
                        let told = matches!(rejection, Rejection::Closed { .. } | Rejection::Expired { .. });
                        prop_assert!(told, "{:?}", rejection);
                    }
                }
                Ok(new) => {
                    prop_assert!(new.is_empty() || !before.status.is_closed(), "closed is closed: {:?}", step);
                    for event in new {
                        session = session.apply(&event);
                        outcomes += u32::from(session.status.is_closed());
                        judge(&before, &event, &session, &world)?;
                        events.push(event);
                    }
                }
            }
            prop_assert_eq!(session.version, Version(events.len() as u64));
            prop_assert_eq!(session.is_due(&now) && session.status.is_closed(), false);
        }
        prop_assert!(outcomes <= 1);
        let folded = events.iter().skip(1).fold(first(&events[0]), Session::apply);
        prop_assert_eq!(&folded, &session);
        // And through a store.
        let stored: Vec<Event> = events.iter().skip(1)
            .map(|event| serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap())
            .collect();
        prop_assert_eq!(stored.iter().fold(first(&events[0]), Session::apply), session);
    }

    #[test]
    fn silence_always_ends(
        steps in prop::collection::vec(prop_oneof![
            (0..200_u64).prop_map(|seconds| Step::Wait { seconds }),
            (-1_000..1_000_i64).prop_map(|seconds| Step::JumpWall { seconds }),
            Just(Step::Restart),
            Just(Step::Tick),
        ], 0..40),
    ) {
        let mut world = World::new();
        let mut session = first(&opened("expire", &world));
        for step in steps.iter().chain([&Step::Wait { seconds: 100_000 }, &Step::Tick]) {
            world.turn(step);
            let now = world.now();
            if matches!(step, Step::Tick) {
                for event in decide(&session, Command::Tick, &now).unwrap() {
                    session = session.apply(&event);
                }
            }
            let in_limbo = !session.status.is_closed() && session.state.deadline.is_due(&now) && !session.is_due(&now);
            prop_assert!(!in_limbo);
        }
        prop_assert_eq!(session.status, Status::Timeout);
    }
}

/// What each event may do, seen from outside.
fn judge(before: &Session, event: &Event, after: &Session, world: &World) -> Result<(), TestCaseError> {
    let now = world.now();
    let held_by_other =
        |who: &Person| before.state.claim.as_ref().is_some_and(|claim| claim.by != *who && !claim.lapses.is_due(&now));
    match &event.change {
        Change::TimedOut { response } => {
            prop_assert!(before.state.deadline.is_due(&now));
            prop_assert!(now.wall >= before.state.deadline.expires_at, "early on the wall clock");
            if world.restarts == 0 {
                let granted = Duration::from_mins(5) + before.state.extended;
                prop_assert!(world.elapsed >= granted, "early by true time, after {} jumps", world.jumps);
            }
            let default = json!({"choice":"cancel"});
            let as_asked = response.as_ref().is_none_or(|r| r.source == Source::Timeout && r.data == default);
            prop_assert!(as_asked);
        }
        Change::Answered { response } => {
            prop_assert!(!before.state.deadline.is_due(&now), "an answer after the deadline");
            prop_assert!(!held_by_other(response.by.as_ref().unwrap()));
            let asked = before.opened.interaction.interaction().unwrap();
            prop_assert!(asked.check(&response.data, &[], "").is_ok());
        }
        Change::Claimed { claim, over } => {
            // Whose hold it was is told.
            let holder = before.state.claim.as_ref().map(|held| &held.by).filter(|_| held_by_other(&claim.by));
            prop_assert_eq!(over.as_ref(), holder);
            prop_assert_eq!(after.status, Status::Active);
            prop_assert!(claim.lapses.expires_at == now.wall + CLAIM_HOLD);
        }
        Change::Released { by } => {
            let claim = before.state.claim.as_ref().unwrap();
            prop_assert!(by.as_ref().map_or(claim.lapses.is_due(&now), |by| *by == claim.by));
            prop_assert_eq!(after.status, Status::Pending);
        }
        Change::Assigned { parties, .. } | Change::CandidatesSet { parties, .. } => {
            prop_assert_eq!(after.state.parties.as_ref(), Some(parties));
            let claim = after.state.claim.as_ref();
            prop_assert!(claim.is_none_or(|claim| after.assignee().is_none_or(|id| id == claim.by.id)));
        }
        Change::Delegated { by, to, .. } => {
            prop_assert!(!held_by_other(by));
            prop_assert_eq!(after.assignee(), Some(to.as_str()));
            // Whoever hands over sees it still, but is no longer asked by name.
            let goes_on = by.id == *to || after.watchers().contains(&by.id);
            prop_assert!(goes_on);
            prop_assert!(!after.candidates().contains(&by.id));
        }
        Change::Extended { .. } => {
            prop_assert!(after.state.extended <= Duration::from_secs(500));
            prop_assert!(after.state.deadline.expires_at > before.state.deadline.expires_at);
        }
        Change::Cancelled { .. } | Change::Failed { .. } => prop_assert!(after.status.is_closed()),
        Change::Opened(_) => prop_assert!(false, "opened twice"),
    }
    Ok(())
}

#[test]
fn the_same_answer_again_is_a_retry_and_another_is_told_who_won() {
    let world = World::new();
    let now = world.now();
    let session = first(&opened("expire", &world));
    let answer = |who, choice| command(&Step::Answer { who, choice, seen: Seen::This }, &session).unwrap();
    let won = decide(&session, answer(1, "confirm"), &now).unwrap();
    let session = session.clone().apply(&won[0]);
    assert_eq!(decide(&session, answer(1, "confirm"), &now), Ok(Vec::new()));
    for (who, choice) in [(1, "cancel"), (2, "confirm")] {
        let told = Rejection::Closed { status: Status::Completed, by: Some(person(1)), at: now.wall };
        assert_eq!(decide(&session, answer(who, choice), &now), Err(told));
    }
}

#[test]
fn nobody_gives_up_a_hold_of_somebody_else() {
    let mut world = World::new();
    let session = first(&opened("expire", &world));
    let claimed = decide(&session, Command::Claim { by: person(1), takeover: Takeover::Never }, &world.now()).unwrap();
    let session = session.apply(&claimed[0]);
    let release = |who, world: &World| decide(&session, Command::Release { by: person(who) }, &world.now());
    assert!(matches!(release(2, &world), Err(Rejection::Claimed { .. })));
    // Lapsed, but the loop has not run yet; the deadline is as far away as the hold.
    world.turn(&Step::Wait { seconds: 299 });
    assert!(matches!(release(2, &world), Err(Rejection::Claimed { .. })));
    assert_eq!(release(1, &world).unwrap()[0].change, Change::Released { by: Some(person(1)) });
}
