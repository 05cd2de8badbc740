//! Sessions for the tests of the shapes, by the same rules as real ones.

use std::time::Duration;

use askwell_core::access::Person;
use askwell_core::ids::SessionId;
use askwell_core::session::{Answer, Limits};
use askwell_core::{Change, Command, Draft, Findings, Now, Session, decide, open};
use jiff::Timestamp;
use serde_json::Value;

fn now() -> Now {
    let at = Timestamp::from_second(1_800_000_000).unwrap();
    Now { wall: at, steady: at, run: askwell_core::ids::RunId(uuid::Uuid::nil()) }
}

fn somebody() -> Person {
    Person { id: "ann".to_owned(), verified: true }
}

/// The session that this body opens. Nothing about the body may be odd.
pub(in crate::compat) fn opened(body: &Value) -> Session {
    let limits = Limits {
        default_timeout: Duration::from_mins(5),
        review_timeout: Duration::from_mins(20),
        max_timeout: Duration::from_hours(1),
    };
    let mut findings = Findings::default();
    let draft = Draft::read(body, &limits, &mut findings);
    assert_eq!(findings, Findings::default(), "{body:#}");
    let event = open(draft.unwrap(), SessionId::NONE, somebody(), &now());
    let Change::Opened(opened) = event.change else { panic!("not opened") };
    Session::from_opened(opened)
}

/// The session after a command; nothing where that is refused.
pub(in crate::compat) fn after(session: &Session, command: Command) -> Option<Session> {
    let events = decide(session, command, &now()).ok()?;
    Some(events.iter().fold(session.clone(), Session::apply))
}

/// The session after an answer; nothing where that is refused.
pub(in crate::compat) fn answered(session: &Session, response: Value, comment: Option<&str>) -> Option<Session> {
    let answer = Answer {
        response,
        by: somebody(),
        comment: comment.map(str::to_owned),
        content_hash: None,
        files: Vec::new(),
        assertion: None,
    };
    after(session, Command::Answer(Box::new(answer)))
}

/// The session after its requester took it back.
pub(in crate::compat) fn cancelled(session: &Session, reason: &str) -> Session {
    after(session, Command::Cancel { by: somebody(), reason: reason.to_owned() }).unwrap()
}
