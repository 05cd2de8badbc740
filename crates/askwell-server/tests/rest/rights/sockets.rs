//! The same over Socket.IO: what is said, and what is told.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Value, json};

use super::house::{Fixture, House};
use super::judge::leaks;
use super::requests::NO_ID;
use super::table::{Naming, State, Who, sees};
use crate::harness::question;
use crate::people::{Shows, tampered};
use crate::polling::Polling;

/// Who connects: nobody cannot.
const CONNECTS: [Who; 9] = [
    Who::Owner,
    Who::OwnToken,
    Who::OtherToken,
    Who::Candidate,
    Who::Member,
    Who::Watcher,
    Who::Outsider,
    Who::Admin,
    Who::AdminToken,
];

/// What one can say, and what whoever does so needs: the right to read or to answer the session it is about, to cancel
/// it, or to open one; `-`: nothing, as it is about oneself.
const SAID: [(&str, char); 8] = [
    ("join_session", 'r'),
    ("leave_session", '-'),
    ("subscribe", '-'),
    ("viewing", 'r'),
    ("hitl_request", 'o'),
    ("respond", 'a'),
    ("hitl_response", 'a'),
    ("cancel", 'c'),
];

fn payload(name: &str, fixture: &Fixture) -> Value {
    let id = &fixture.main.id;
    match name {
        "respond" => json!({"session_id": id, "response": {"files": [fixture.files[0]]}}),
        "hitl_response" => json!({"request_id": fixture.review.id, "action": "approve"}),
        "cancel" => json!({"session_id": id, "reason": "x"}),
        "subscribe" => json!({"workflow_id": "shared"}),
        "hitl_request" => json!({"request_id": "of a socket", "checkpoint_name": "c", "context_message": "m",
            "data_for_review": {}, "node_id": "n", "current_attempt": 1, "timestamp": "2025-06-17T10:30:00"}),
        _ => json!({ "session_id": id }),
    }
}

/// The code that is expected; none: it is done.
fn expected(right: char, who: Who, naming: Naming) -> Option<&'static str> {
    let answers = match naming {
        Naming::Named => &[Who::Candidate, Who::Member][..],
        Naming::NamesNobody => &[Who::Candidate, Who::Member, Who::Watcher, Who::Outsider, Who::Admin],
    };
    let done = match right {
        '-' => true,
        'o' => return (who == Who::AdminToken).then_some("forbidden"),
        _ if !sees(who, naming) => return Some("session_not_found"),
        'r' => true,
        'a' => answers.contains(&who),
        _ => [Who::Owner, Who::OwnToken, Who::Admin].contains(&who),
    };
    (!done).then_some("forbidden")
}

#[tokio::test]
async fn everything_that_is_said_by_everybody() {
    let house = House::new().await;
    let mut faults = Vec::new();
    for naming in [Naming::Named, Naming::NamesNobody] {
        let mut fixture = house.fixture(naming, State::Pending).await;
        for who in CONNECTS {
            for (name, right) in SAID {
                let mut socket = Polling::connect_as(&house.server, house.of(who), json!({"only": "joined"})).await;
                socket.expect("connected").await;
                let told = socket.call(name, payload(name, &fixture)).await;
                let code = told["code"].as_str();
                if code != expected(right, who, naming) || (told["success"] == true) != code.is_none() {
                    faults.push(format!("{name} by {who:?}, {naming:?}: {told}"));
                }
                if code == Some("session_not_found") {
                    let text = payload(name, &fixture).to_string();
                    let text = text.replace(&fixture.main.id, NO_ID).replace(&fixture.review.id, NO_ID);
                    let mut nothing = socket.call(name, serde_json::from_str(&text).unwrap()).await;
                    nothing["request_id"] = told["request_id"].clone();
                    if nothing != told {
                        faults.push(format!("{name} by {who:?}, {naming:?}: {told}, of nothing {nothing}"));
                    }
                }
                if code.is_none() && "ac".contains(right) {
                    fixture = house.fixture(naming, State::Pending).await;
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_event_has_its_row() {
    let names = include_str!("../../../src/socketio/names.rs");
    let mut said = BTreeSet::new();
    let mut inbound = false;
    for line in names.lines() {
        if let Some(doc) = line.strip_prefix("/// ") {
            inbound = doc.starts_with("Client to server") || doc.starts_with("Both ways");
        } else if inbound && line.contains("const") {
            said.insert(line.split('"').nth(1).unwrap());
        }
    }
    let rows: BTreeSet<_> = SAID.into_iter().map(|(name, _)| name).collect();
    assert_eq!(said, rows, "say in rights/sockets.rs who may say this");
}

#[tokio::test]
async fn a_script_of_changes_tells_only_what_one_sees() {
    let house = House::new().await;
    let before = house.fixture(Naming::Named, State::Pending).await;
    let mut sockets = Vec::new();
    for who in CONNECTS {
        let mut socket = Polling::connect_as(&house.server, house.of(who), json!({})).await;
        socket.expect("connected").await;
        sockets.push((who, socket));
    }
    let mut viewer = Polling::connect_as(&house.server, house.of(Who::Candidate), json!({"only": "joined"})).await;
    viewer.expect("connected").await;
    assert_eq!(viewer.call("viewing", json!({"session_id": before.main.id})).await["success"], true);
    let mut fixtures = vec![before];
    for state in [State::Timeout, State::Active, State::Completed, State::Cancelled] {
        fixtures.push(house.fixture(Naming::Named, state).await);
    }
    viewer.call("viewing", json!({"session_id": null})).await;
    // Everybody sees the last: it is the outsider's, whose token is the other, and names nobody.
    let last = house.server.open_by(house.of(Who::Outsider), &question()).await;
    let owners = house.server.open_by(house.of(Who::Owner), &question()).await;
    for (who, socket) in &mut sockets {
        let last = if *who == Who::OwnToken { &owners } else { &last };
        let text = socket.all_until("new_session", last.rsplit('/').next().unwrap()).await;
        for fixture in &fixtures {
            let found = leaks(text.as_bytes(), fixture);
            assert_eq!(!found.is_empty(), sees(*who, Naming::Named), "{who:?}: {found:?} in {text}");
        }
        if sees(*who, Naming::Named) {
            for name in ["session_updated", "session_timeout", "session_completed", "session_cancelled", "presence"] {
                assert!(text.contains(&format!("{name} {{")), "{who:?} is not told of {name}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_guest_hears_of_one_session_alone() {
    let house = House::new().await;
    let fixture = house.fixture(Naming::Named, State::Pending).await;
    let other = house.fixture(Naming::NamesNobody, State::Pending).await;
    let mut guest = Polling::connect_as(&house.server, &fixture.main.guest, json!({})).await;
    guest.expect("connected").await;
    for (name, code) in
        [("join_session", None), ("viewing", None), ("cancel", Some("forbidden")), ("hitl_request", Some("forbidden"))]
    {
        assert_eq!(guest.call(name, payload(name, &fixture)).await["code"].as_str(), code, "{name}");
    }
    for name in ["join_session", "viewing", "respond", "cancel", "hitl_response"] {
        assert_eq!(guest.call(name, payload(name, &other)).await["code"], "session_not_found", "{name}");
    }
    let bob = house.of(Who::Candidate);
    house.server.post_by(bob, &format!("{}/claim", other.main.path()), &json!({})).await.expect(200);
    let answer = json!({"response": {"files": [fixture.files[0]]}});
    house.server.post_by(bob, &format!("{}/respond", fixture.main.path()), &answer).await.expect(200);
    let text = guest.all_until("session_completed", &fixture.main.id).await;
    // What one names oneself comes back with the error about it.
    for line in text.lines().filter(|line| !line.starts_with("hitl_error")) {
        for unseen in [&other.main.id, &other.review.id, &fixture.review.id] {
            assert!(!line.contains(unseen.as_str()), "{line}");
        }
    }
}

#[tokio::test]
async fn who_looks_is_told_to_whom_it_concerns_now() {
    let house = House::new().await;
    let path = house.server.open_by(house.of(Who::Owner), &question()).await;
    let id = path.rsplit('/').next().unwrap();
    let mut bob = Polling::connect_as(&house.server, house.of(Who::Candidate), json!({})).await;
    bob.expect("connected").await;
    assert_eq!(bob.call("viewing", json!({"session_id": id, "user_id": "somebody else"})).await["success"], true);
    let seen = bob.expect("presence").await;
    assert_eq!(seen["viewers"][0]["name"], "bob", "the credential says who looks");
    let mut eve = Polling::connect_as(&house.server, house.of(Who::Outsider), json!({})).await;
    eve.expect("connected").await;
    assert_eq!(eve.expect("presence").await, seen);
    // From now on it is bob's alone.
    let put = json!({"candidates": ["bob"]});
    house.server.by(house.of(Who::Owner), Method::PUT, &format!("{path}/candidates"), &put).await.expect(200);
    bob.expect("session_updated").await;
    let mut late = Polling::connect_as(&house.server, house.of(Who::Outsider), json!({})).await;
    late.expect("connected").await;
    bob.call("viewing", json!({"session_id": null})).await;
    bob.expect("presence").await;
    let last = house.server.open_by(house.of(Who::Outsider), &question()).await;
    for socket in [&mut eve, &mut late] {
        assert_eq!(socket.expect("new_session").await["session_id"], last.rsplit('/').next().unwrap());
    }
}

#[tokio::test]
async fn nobody_connects() {
    let house = House::new().await;
    let Shows::Bearer(token) = house.of(Who::OwnToken) else { panic!() };
    let wrong = tampered(token);
    for auth in
        [json!({}), json!({"token": ""}), json!({"token": wrong}), json!({"token": "x.y.z"}), json!({"token": 7})]
    {
        let told = Polling::refused(&house.server, &Shows::Nothing, auth.clone()).await;
        assert_eq!(told["message"], "unauthenticated", "{auth}");
    }
    // What is said counts, not the cookie beside it.
    let bob = house.of(Who::Candidate);
    assert_eq!(Polling::refused(&house.server, bob, json!({"token": wrong})).await["message"], "unauthenticated");
    let by_header = Shows::Cookie("nonsense".to_owned());
    assert_eq!(Polling::refused(&house.server, &by_header, json!({})).await["message"], "unauthenticated");
}
