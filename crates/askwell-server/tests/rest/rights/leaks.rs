//! What one may not see is in no list, no search, no count, no feed, no history.

use std::collections::BTreeMap;

use axum::http::Method;
use futures::StreamExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::house::{Fixture, House, MARKER};
use super::judge::leaks;
use super::requests::NO_ID;
use super::table::{Naming, State, Who};
use crate::harness::request;
use crate::people::Shows;

/// Every way to look for what one does not know by name.
const LOOKS: [&str; 16] = [
    "/api/sessions",
    "/api/sessions?status=all",
    "/api/sessions?status=all&sort=-updated_at&limit=1",
    "/api/sessions?status=all&sort=expires_at",
    "/api/sessions?status=all&q=MARK7f3a",
    "/api/sessions?status=all&tag=MARK7f3a",
    "/api/sessions?status=all&workflow_id=shared",
    "/api/sessions?status=all&assignee=gus",
    "/api/sessions?status=all&interaction_type=review",
    "/api/statistics",
    "/api/health",
    "/api/system/hitl-pending",
    "/api/system/hitl-debug",
    "/readiness",
    "/api/deliveries",
    "/api/events?limit=500",
];

/// Those who do not see a session that names somebody.
const UNSEEN: [Who; 4] = [Who::OtherToken, Who::Outsider, Who::Guest, Who::Nobody];

const STATES: [State; 5] = [State::Timeout, State::Pending, State::Active, State::Completed, State::Cancelled];

/// What is told at each look, as text; a cursor says how far the feed is, and no more.
async fn told(house: &House, shows: &Shows) -> BTreeMap<&'static str, String> {
    let mut told = BTreeMap::new();
    for path in LOOKS {
        let reply = house.server.get_by(shows, path).await;
        let mut body: Value = reply.json();
        for key in ["next_cursor", "timestamp", "request_id", "server_time"] {
            body.as_object_mut().unwrap().remove(key);
        }
        told.insert(path, body.to_string());
    }
    told
}

/// A session that everybody sees, at the same node of the same workflow as the reviews of the house.
async fn seen_by_all(house: &House) -> String {
    let body = json!({"interaction_data": {"interaction_type": "review", "title": "for all", "message": "m",
        "node_id": "shared-node", "timeout": 3_000}, "workflow_id": "shared"});
    house.server.open_by(house.of(Who::OwnToken), &body).await
}

#[tokio::test]
async fn nothing_changes_for_whom_it_does_not_exist() {
    let house = House::new().await;
    let visible = seen_by_all(&house).await;
    let (_, guest) = house.server.guest_of(&visible, house.of(Who::Candidate)).await;
    let shows = |who: Who| if who == Who::Guest { guest.clone() } else { house.of(who).clone() };
    let mut before = Vec::new();
    for who in UNSEEN {
        before.push(told(&house, &shows(who)).await);
    }
    let attempts =
        house.server.get_by(house.of(Who::Outsider), &visible).await.expect(200)["session"]["attempts"].clone();
    let mut fixtures = Vec::new();
    for state in STATES {
        fixtures.push(house.fixture(Naming::Named, state).await);
    }
    for (who, before) in UNSEEN.into_iter().zip(before) {
        let after = told(&house, &shows(who)).await;
        for (path, body) in &after {
            for fixture in &fixtures {
                assert!(leaks(body.as_bytes(), fixture).is_empty(), "{who:?} is told at {path}: {body}");
            }
            assert_eq!(Some(body), before.get(path), "{who:?} notices at {path}");
        }
    }
    // The tries of a node that one sees are those that one sees.
    let now = house.server.get_by(house.of(Who::Outsider), &visible).await.expect(200)["session"]["attempts"].clone();
    assert_eq!(now, attempts);
    let of_owner = house.server.get_by(house.of(Who::Owner), &visible).await;
    assert!(fixtures.iter().any(|fixture| String::from_utf8_lossy(&of_owner.bytes).contains(&fixture.review.id)));
}

/// The judge finds what is planted: each look of somebody who sees the session, taken for one of somebody who does not.
#[tokio::test]
async fn a_planted_leak_is_found() {
    let house = House::new().await;
    let fixture = house.fixture(Naming::Named, State::Pending).await;
    let admin = told(&house, house.of(Who::Admin)).await;
    let outsider = told(&house, house.of(Who::Outsider)).await;
    let counts = ["/api/statistics", "/api/health", "/api/system/hitl-debug", "/readiness"];
    for (path, body) in admin {
        if counts.contains(&path) {
            assert_ne!(body, outsider[path], "a count that is the same for all says nothing: {path}");
        } else if path != "/api/deliveries" {
            assert!(!leaks(body.as_bytes(), &fixture).is_empty(), "the judge sees nothing in {path}: {body}");
        }
    }
}

/// Reads a stream until it holds `needle`.
async fn read_until(stream: &mut axum::body::BodyDataStream, needle: &str) -> String {
    let mut text = String::new();
    while !text.contains(needle) {
        text += &String::from_utf8_lossy(&stream.next().await.unwrap().unwrap());
    }
    text
}

async fn stream(house: &House, shows: &Shows) -> axum::body::BodyDataStream {
    let (name, value) = shows.header().unwrap();
    let headers = [("accept", "text/event-stream"), (name, value.as_str())];
    let request = request(Method::GET, "/api/events", &headers, "");
    house.server.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream()
}

#[tokio::test]
async fn a_stream_tells_only_what_one_sees() {
    let house = House::new().await;
    let first = house.fixture(Naming::Named, State::Pending).await;
    // Each sees the last one: its requester, their token, and whoever may answer it.
    let people = [Who::Outsider, Who::OtherToken, Who::Watcher, Who::Admin];
    let mut streams = Vec::new();
    for who in people {
        streams.push(stream(&house, house.of(who)).await);
    }
    let second = house.fixture(Naming::Named, State::Completed).await;
    let last = house.server.open_by(house.of(Who::Outsider), &crate::harness::question()).await;
    let last = last.rsplit('/').next().unwrap();
    for (who, mut stream) in people.into_iter().zip(streams) {
        let text = read_until(&mut stream, last).await;
        let found = [&first, &second].iter().flat_map(|fixture| leaks(text.as_bytes(), fixture)).count();
        match who {
            Who::Outsider | Who::OtherToken => assert_eq!(found, 0, "{who:?}: {text}"),
            _ => assert!(text.contains(MARKER) && text.contains("event: delegated"), "{who:?}: {text}"),
        }
    }
}

/// What was seen before it was taken away is not seen later: neither it nor what happened to it then.
#[tokio::test]
async fn who_is_no_longer_asked_no_longer_sees() {
    let house = House::new().await;
    let Fixture { main, .. } = house.fixture(Naming::Named, State::Pending).await;
    let (owner, bob) = (house.of(Who::Owner), house.of(Who::Candidate));
    let history = format!("{}/events", main.path());
    house.server.get_by(bob, &history).await.expect(200);
    let put = json!({"candidates": ["group:ops"]});
    house.server.by(owner, Method::PUT, &format!("{}/candidates", main.path()), &put).await.expect(200);
    for path in [main.path(), history, format!("{}/files", main.path())] {
        house.server.get_by(bob, &path).await.problem(404, "session_not_found");
    }
    house.server.get_by(house.of(Who::Member), &main.path()).await.expect(200);
}

#[tokio::test]
async fn one_of_many_that_is_not_seen_is_not_found() {
    let house = House::new().await;
    let Fixture { main, files, content_hash, .. } = house.fixture(Naming::Named, State::Pending).await;
    let body = json!({"responses": [{"session_id": main.id, "content_hash": content_hash,
        "response": {"files": [files[1]]}}]});
    for (who, code) in [
        (Who::Outsider, "session_not_found"),
        (Who::OtherToken, "session_not_found"),
        (Who::Watcher, "forbidden"),
        (Who::Owner, "forbidden"),
        (Who::OwnToken, "forbidden"),
        (Who::Admin, "forbidden"),
        (Who::AdminToken, "forbidden"),
    ] {
        let told = house.server.post_by(house.of(who), "/api/sessions/respond-many", &body).await.expect(200);
        let text = told.to_string();
        assert!(text.contains(&format!("\"{code}\"")), "{who:?}: {text}");
    }
    assert_eq!(
        house.server.get_by(house.of(Who::Owner), &main.path()).await.expect(200)["session"]["status"],
        "pending"
    );
}

/// A name can be the id of what one does not see: nothing is learnt by asking under it, and nothing takes its place.
#[tokio::test]
async fn a_hidden_reviews_id_as_a_name_tells_nothing() {
    let house = House::new().await;
    let Fixture { review, .. } = house.fixture(Naming::Named, State::Pending).await;
    let ask = async |who: Who, name: &str| {
        let body = json!({"request_id": name, "checkpoint_name": "c", "context_message": "m", "data_for_review": {},
            "node_id": "n", "current_attempt": 1, "timestamp": "2025-06-17T10:30:00"});
        house.server.post_by(house.of(who), "/api/system/hitl-request", &body).await
    };
    for who in [Who::OtherToken, Who::AdminToken] {
        let (hidden, nothing) = (ask(who, &review.id).await, ask(who, NO_ID).await);
        let told = String::from_utf8(hidden.bytes).unwrap().replace(&review.id, NO_ID);
        if who == Who::OtherToken {
            assert_eq!((hidden.status, told), (200, String::from_utf8(nothing.bytes).unwrap()));
        } else {
            assert_eq!((hidden.status, nothing.status), (403, 403));
        }
    }
    assert_eq!(ask(Who::OwnToken, &review.id).await.status, 409);
    // Whoever sees both answers the one whose id it is.
    let answer = json!({"request_id": review.id, "action": "approve"});
    house.server.post_by(house.of(Who::Candidate), "/api/system/hitl-response", &answer).await.expect(200);
    let session = house.server.get_by(house.of(Who::Owner), &review.path()).await.expect(200)["session"].clone();
    assert_eq!(session["status"], "completed");
}
