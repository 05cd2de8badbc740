//! Deadlines and claims on two clocks that are set by hand.

use std::time::Duration;

use askwell_server::ServerOptions;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{Harness, just_before, question, types, yes};

const DEFAULT: Duration = Duration::from_mins(5);
const MILLI: Duration = Duration::from_millis(1);

/// The clock loop's shortest sleep: so late it may be in these tests.
const LATE: Duration = Duration::from_millis(5);

fn lasting(seconds: Value) -> Value {
    let mut body = question();
    body["interaction_data"]["timeout"] = seconds;
    body
}

/// The session as it stands.
async fn session(server: &Harness, path: &str) -> Value {
    server.get(path).await.expect(200)["session"].clone()
}

#[tokio::test]
async fn the_deadline_holds_before_the_loop_has_run() {
    let server = Harness::idle(ServerOptions::default(), |_| {});
    let mut body = question();
    body["extendable_seconds"] = json!(60);
    let in_time = server.open(&body).await;
    let late = server.open(&body).await;
    server.clock.advance(just_before(DEFAULT));
    server.post(&format!("{in_time}/respond"), &yes("ann")).await.expect(200);
    server.clock.advance(MILLI);
    let expires_at = session(&server, &late).await["expires_at"].clone();
    for passed in [Duration::ZERO, Duration::from_hours(1)] {
        server.clock.advance(passed);
        for (action, body) in [
            ("respond", yes("ann")),
            ("cancel", json!({})),
            ("claim", json!({})),
            ("release", json!({})),
            ("extend", json!({"seconds": 1})),
        ] {
            let refused = server.post(&format!("{late}/{action}"), &body).await.problem(409, "session_expired");
            assert_eq!(refused["expires_at"], expires_at, "{action}");
        }
    }
    assert_eq!(session(&server, &late).await["status"], "pending");
    let server = server.start().await;
    let closed = session(&server, &late).await;
    assert_eq!((&closed["status"], &closed["version"]), (&json!("timeout"), &json!(2)));
    assert_eq!(session(&server, &in_time).await["status"], "completed");
    // Whoever gave the answer before the deadline may still repeat it.
    server.post(&format!("{in_time}/respond"), &yes("ann")).await.expect(200);
}

#[tokio::test]
async fn a_deadline_fires_in_time_and_not_before() {
    let server = Harness::new().await;
    // Clocks show whole milliseconds: what lies between two comes with the later.
    for (seconds, whole) in [(json!(2.5), 2_500), (json!(1.000_5), 1_001), (json!(1), 1_000), (json!(1.0), 1_000)] {
        let path = server.open(&lasting(seconds.clone())).await;
        server.advance(just_before(Duration::from_millis(whole))).await;
        let open = session(&server, &path).await;
        assert_eq!(open["status"], "pending", "{seconds}");
        server.advance(LATE).await;
        let closed = session(&server, &path).await;
        assert_eq!((&closed["status"], &closed["expires_at"]), (&json!("timeout"), &open["expires_at"]), "{seconds}");
        assert!(closed["closed_at"].as_str() >= closed["expires_at"].as_str());
        assert!(closed.get("response").is_none());
    }
}

#[tokio::test]
async fn a_wall_clock_set_forward_fires_nothing_early() {
    let server = Harness::new().await;
    let path = server.open(&question()).await;
    let other = server.open(&question()).await;
    server.clock.step_wall(SignedDuration::from_hours(2));
    server.advance(Duration::from_secs(1)).await;
    assert_eq!(session(&server, &path).await["status"], "pending");
    server.post(&format!("{other}/respond"), &yes("ann")).await.expect(200);
    server.advance(just_before(Duration::from_secs(299))).await;
    assert_eq!(session(&server, &path).await["status"], "pending");
    server.advance(LATE).await;
    assert_eq!(session(&server, &path).await["status"], "timeout");
}

#[tokio::test]
async fn a_wall_clock_set_back_leaves_no_limbo() {
    let server = Harness::new().await;
    let path = server.open(&question()).await;
    let other = server.open(&question()).await;
    server.clock.step_wall(SignedDuration::from_mins(-1));
    server.advance(just_before(DEFAULT + Duration::from_mins(1))).await;
    // Not closed, so it takes an answer: there is no time between the two.
    assert_eq!(session(&server, &path).await["status"], "pending");
    server.post(&format!("{other}/respond"), &yes("ann")).await.expect(200);
    server.clock.advance(MILLI);
    server.post(&format!("{path}/respond"), &yes("ann")).await.problem(409, "session_expired");
    server.advance(LATE).await;
    assert_eq!(session(&server, &path).await["status"], "timeout");
}

#[tokio::test]
async fn silence_takes_the_default_and_says_so() {
    let server = Harness::new().await;
    let mut body = question();
    body["on_timeout"] = json!("default");
    body["interaction_data"]["default_value"] = json!("cancel");
    let path = server.open(&body).await;
    server.advance(DEFAULT).await;
    let closed = session(&server, &path).await;
    let response = &closed["response"];
    assert_eq!((&closed["status"], &closed["on_timeout"]), (&json!("timeout"), &json!("default")));
    assert_eq!((&response["response_data"], &response["source"]), (&json!({"choice": "cancel"}), &json!("timeout")));
    assert_eq!((&response["user_id"], &response["submitted_at"]), (&Value::Null, &closed["expires_at"]));
    // It is nobody's answer: giving the same is not a repeat of it.
    let same = json!({"response": {"choice": "cancel"}});
    server.post(&format!("{path}/respond"), &same).await.problem(409, "session_expired");
}

#[tokio::test]
async fn silence_never_speaks_where_it_may_not() {
    let server = Harness::new().await;
    let review = json!({"interaction_type": "review", "title": "t", "default_value": "approve"});
    let unset = json!({"interaction_type": "confirmation", "title": "t"});
    let wrong = json!({"interaction_type": "confirmation", "title": "t", "default_value": "perhaps"});
    for (asked, pointer, code) in [
        (review, "/on_timeout", "silence_not_allowed"),
        (unset, "/interaction_data/default_value", "invalid_default"),
        (wrong, "/interaction_data/default_value", "invalid_default"),
    ] {
        let body = json!({"interaction_data": asked, "on_timeout": "default"});
        let problem = server.post("/api/sessions", &body).await.problem(422, "validation_failed");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!(pointer), &json!(code)));
    }
}

#[tokio::test]
async fn a_claim_lapses_without_contact() {
    let server = Harness::new().await;
    let path = server.open(&lasting(json!(3_600))).await;
    let claim = format!("{path}/claim");
    let ann = json!({"user_id": "ann"});
    let first = server.post(&claim, &ann).await.expect(200)["session"].clone();
    server.advance(Duration::from_mins(4)).await;
    let renewed = server.post(&claim, &ann).await.expect(200)["session"].clone();
    assert!(renewed["claimed_until"].as_str() > first["claimed_until"].as_str());
    server.advance(just_before(DEFAULT)).await;
    server.post(&format!("{path}/respond"), &yes("bob")).await.problem(409, "claimed");
    assert_eq!(session(&server, &path).await["status"], "active");
    server.advance(LATE).await;
    let free = session(&server, &path).await;
    assert_eq!((&free["status"], &free["claimed_by"]), (&json!("pending"), &Value::Null));
    let history = server.get(&format!("{path}/events")).await.expect(200);
    assert_eq!(types(&history), ["opened", "claimed", "claimed", "released"]);
    let feed = server.get("/api/events").await.expect(200);
    assert_eq!(types(&feed), ["opened", "claimed", "claimed", "released"]);
    server.post(&format!("{path}/release"), &ann).await.problem(409, "not_claimed");
    server.post(&format!("{path}/respond"), &yes("bob")).await.expect(200);
}

#[tokio::test]
async fn a_lapsed_claim_keeps_nobody_out_before_the_loop_has_run() {
    let server = Harness::idle(ServerOptions::default(), |_| {});
    let answered = server.open(&lasting(json!(3_600))).await;
    let claimed = server.open(&lasting(json!(3_600))).await;
    for path in [&answered, &claimed] {
        server.post(&format!("{path}/claim"), &json!({"user_id": "ann"})).await.expect(200);
    }
    server.clock.advance(DEFAULT);
    server.post(&format!("{answered}/respond"), &yes("bob")).await.expect(200);
    let taken = server.post(&format!("{claimed}/claim"), &json!({"user_id": "bob"})).await.expect(200);
    assert_eq!(taken["session"]["claimed_by"], "bob");
}

#[tokio::test]
async fn more_time_moves_the_deadline_that_fires() {
    let server = Harness::new().await;
    let mut body = question();
    body["extendable_seconds"] = json!(90);
    let path = server.open(&body).await;
    let before = session(&server, &path).await;
    let extend = format!("{path}/extend");
    server.post(&extend, &json!({"seconds": 60.5})).await.expect(200);
    server.post(&extend, &json!({"seconds": 29.501})).await.problem(409, "not_extendable");
    let after = session(&server, &path).await;
    assert_eq!((&after["version"], &after["content_hash"]), (&json!(2), &before["content_hash"]));
    server.advance(DEFAULT + Duration::from_mins(1)).await;
    assert_eq!(session(&server, &path).await["status"], "pending");
    server.advance(Duration::from_millis(500)).await;
    assert_eq!(session(&server, &path).await["status"], "timeout");
    let history = server.get(&format!("{path}/events")).await.expect(200);
    assert_eq!(types(&history), ["opened", "extended", "timed_out"]);
    // Never beyond the longest time-out, whatever the requester grants.
    let mut body = lasting(json!(3_599));
    body["extendable_seconds"] = json!(600);
    let path = server.open(&body).await;
    server.post(&format!("{path}/extend"), &json!({"seconds": 2})).await.problem(409, "not_extendable");
    server.post(&format!("{path}/extend"), &json!({"seconds": 1})).await.expect(200);
}

#[tokio::test]
async fn a_wait_ends_with_the_deadline_or_with_its_patience() {
    let server = Harness::new().await;
    let path = server.open(&lasting(json!(20))).await;
    for (patience, status) in [(10, "pending"), (30, "timeout")] {
        let pass = async {
            server.clock.asleep(5).await;
            server.clock.advance(Duration::from_secs(10));
        };
        let waiting = format!("{path}?wait={patience}");
        let (waited, ()) = tokio::join!(server.get(&waiting), pass);
        assert_eq!(waited.expect(200)["status"], status);
    }
}

#[tokio::test]
async fn a_stop_is_not_held_up_by_what_is_due() {
    let server = Harness::idle(ServerOptions::default(), |_| {});
    let path = server.open(&question()).await;
    server.clock.advance(DEFAULT);
    server.app.stop().await;
    server.app.start().await.unwrap();
    server.app.stop().await;
    assert_eq!(session(&server, &path).await["status"], "pending");
}
