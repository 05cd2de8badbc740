//! Every operation × everybody × every state.

use std::collections::BTreeSet;

use super::house::{Fixture, House};
use super::judge::leaks;
use super::requests::{Call, hide};
use super::table::{Naming, State, Who, elsewhere, expected, expected_elsewhere, on_a_session, sees};

/// A fault of the server that is planted: this operation does not ask who calls.
type Forgets = Option<&'static str>;

/// What is not as expected, on sessions that stand so.
async fn faults(house: &House, naming: Naming, state: State, forgets: Forgets) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fixture = house.fixture(naming, state).await;
    for operation in on_a_session() {
        for who in Who::ALL {
            let place = format!("{operation} by {who:?}, {naming:?} {state:?}");
            let call = Call::of(operation, &fixture);
            let own = if operation.contains("hitl") { &fixture.review } else { &fixture.main };
            let is_forgotten = forgets == Some(operation);
            let shows = house.shows(if is_forgotten { Who::Admin } else { who }, own);
            let reply = house.server.send(call.request(&shows)).await;
            let wanted = expected(operation, who, naming, state);
            if reply.status != wanted {
                let body = String::from_utf8_lossy(&reply.bytes);
                faults.push(format!("{place}: {} for {wanted}: {body:.200}", reply.status));
            }
            if who != Who::Nobody && !sees(who, naming) {
                let nothing = house.server.send(call.of_nothing(&fixture).request(&shows)).await;
                let told = hide(&String::from_utf8_lossy(&reply.bytes), &fixture);
                if told.as_bytes() != nothing.bytes || reply.status != nothing.status {
                    let other = String::from_utf8_lossy(&nothing.bytes);
                    faults.push(format!("{place}: not what one is told of nothing: {told:.300} / {other:.300}"));
                }
            }
            let echoed = Fixture { main: unnamed(&fixture), review: unnamed(&fixture), ..fixture.clone() };
            if !sees(who, naming) && !leaks(&reply.bytes, &echoed).is_empty() {
                faults.push(format!("{place}: told {:?}", leaks(&reply.bytes, &echoed)));
            }
            if call.changes() && reply.status < 300 {
                fixture = house.fixture(naming, state).await;
            }
        }
    }
    faults
}

/// The id was in the request, so that it may stand in the answer.
fn unnamed(fixture: &Fixture) -> super::house::Subject {
    super::house::Subject { id: "\0".to_owned(), guest: fixture.main.guest.clone() }
}

#[track_caller]
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

async fn all_of(state: State) {
    let house = House::new().await;
    for naming in [Naming::Named, Naming::NamesNobody] {
        none(&faults(&house, naming, state, None).await);
    }
}

#[tokio::test]
async fn what_is_pending() {
    all_of(State::Pending).await;
}

#[tokio::test]
async fn what_is_claimed() {
    all_of(State::Active).await;
}

#[tokio::test]
async fn what_is_answered() {
    all_of(State::Completed).await;
}

#[tokio::test]
async fn what_timed_out() {
    all_of(State::Timeout).await;
}

#[tokio::test]
async fn what_was_cancelled() {
    all_of(State::Cancelled).await;
}

#[tokio::test]
async fn a_check_that_is_forgotten_is_found() {
    let house = House::new().await;
    for operation in ["GET /api/sessions/{session_id}", "GET /api/sessions/{session_id}/files/{file_id}"] {
        let found = faults(&house, Naming::Named, State::Cancelled, Some(operation)).await;
        for who in [Who::OtherToken, Who::Outsider, Who::Nobody] {
            let cell = format!("{operation} by {who:?}, Named Cancelled: 200 for");
            assert!(found.iter().any(|fault| fault.starts_with(&cell)), "{who:?} is not found: {found:#?}");
        }
        let told = format!("{operation} by {:?}, Named Cancelled: told", Who::Outsider);
        assert!(found.iter().any(|fault| fault.starts_with(&told)), "what it told is not found: {found:#?}");
        assert!(found.iter().all(|fault| fault.starts_with(operation)), "{found:#?}");
    }
}

#[tokio::test]
async fn all_else() {
    let house = House::new().await;
    let fixture = house.fixture(Naming::Named, State::Pending).await;
    let mut found = Vec::new();
    let is_last = |operation: &&str| operation.ends_with("/logout");
    let (last, first): (Vec<_>, Vec<_>) = elsewhere().into_iter().partition(is_last);
    for operation in first.into_iter().chain(last) {
        for who in Who::ALL {
            let reply =
                house.server.send(Call::of(operation, &fixture).request(&house.shows(who, &fixture.main))).await;
            let wanted = expected_elsewhere(operation, who);
            if reply.status != wanted {
                let body = String::from_utf8_lossy(&reply.bytes);
                found.push(format!("{operation} by {who:?}: {} for {wanted}: {body:.200}", reply.status));
            }
            if wanted == 401 && !reply.header("www-authenticate").starts_with("Bearer realm=\"askwell\"") {
                found.push(format!("{operation} by {who:?}: it is not said how to sign in"));
            }
        }
    }
    none(&found);
}

#[test]
fn every_operation_has_its_row() {
    let description = askwell_server::openapi();
    let described: BTreeSet<String> = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item
                .as_object()
                .unwrap()
                .keys()
                .filter(|key| ["get", "post", "put", "patch", "delete"].contains(&key.as_str()));
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let plain = |row: &&str| row.split('?').next().unwrap().to_owned();
    let rows: BTreeSet<String> = on_a_session().iter().chain(&elsewhere()).map(plain).collect();
    let missing: Vec<_> = described.difference(&rows).collect();
    assert!(missing.is_empty(), "say in rights/table.rs who may do this: {missing:#?}");
    // Not described, or of another method, and looked at all the same.
    let extra = ["GET /api/openapi.json", "GET /api/nothing", "HEAD /api/sessions", "HEAD /api/me"];
    let gone: Vec<_> = rows.difference(&described).filter(|row| !extra.contains(&row.as_str())).collect();
    assert!(gone.is_empty(), "there is no such operation any more: {gone:#?}");
}
