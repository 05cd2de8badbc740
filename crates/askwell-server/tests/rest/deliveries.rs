use std::time::Duration;

use askwell_app::ports::Sent;
use askwell_core::access::{Role, TokenScope};
use askwell_testkit::ScriptedSender;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::harness::{Harness, just_before, question, yes};
use crate::people::{enter, token};

const HOOK: &str = "https://hooks.example.com/x";

/// A question whose outcome is owed to `url`.
fn owing(url: &str) -> Value {
    let mut body = question();
    body["callback_url"] = json!(url);
    body
}

/// Opens a session and answers it; its address.
async fn answered(server: &Harness, url: &str) -> String {
    let path = server.open(&owing(url)).await;
    server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200);
    path
}

/// The only callback, once so many attempts at it are recorded.
async fn recorded(server: &Harness, attempts: usize) -> Value {
    server.sender.called(attempts).await;
    loop {
        let list = server.get("/api/deliveries").await.expect(200);
        if list["deliveries"][0]["attempts"].as_array().unwrap().len() == attempts {
            return list["deliveries"][0].clone();
        }
    }
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// How the session says that its outcome was picked up.
async fn pickup(server: &Harness, path: &str) -> Value {
    server.get(path).await.expect(200)["session"]["delivery"].clone()
}

#[tokio::test]
async fn a_callback_is_tried_for_three_days_then_dead_then_sent_again() {
    let server = Harness::new().await;
    let failures = [500, 302, 404, 503, 429, 500, 500, 500, 500, 500];
    for status in failures {
        server.sender.then(ScriptedSender::status(status));
    }
    let path = server.open(&owing(HOOK)).await;
    let nothing = json!({"state": "none", "at": null, "by": null});
    assert_eq!(pickup(&server, &path).await, nothing);
    let session = server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200)["session"].clone();
    let mut tried: Vec<Timestamp> = Vec::new();
    for made in 1..failures.len() {
        let delivery = recorded(&server, made).await;
        assert_eq!((&delivery["state"], &delivery["attempts_made"]), (&json!("pending"), &json!(made)));
        assert_eq!(delivery["last_status"], failures[made - 1]);
        assert_eq!(pickup(&server, &path).await["state"], "pending");
        let last = time(&delivery["attempts"][made - 1]["at"]);
        let wait = time(&delivery["next_attempt_at"]).duration_since(last).unsigned_abs();
        tried.push(last);
        // Not a moment earlier than it says.
        server.advance(just_before(wait)).await;
        assert_eq!(server.sender.sent().len(), made);
        server.clock.advance(Duration::from_millis(1));
    }
    let dead = recorded(&server, failures.len()).await;
    assert_eq!((&dead["state"], &dead["next_attempt_at"]), (&json!("dead"), &Value::Null));
    assert_eq!(pickup(&server, &path).await, json!({"state": "failed", "at": null, "by": null}));
    tried.push(time(&dead["attempts"][failures.len() - 1]["at"]));
    let waits: Vec<f64> = tried.windows(2).map(|two| two[1].duration_since(two[0]).as_secs_f64()).collect();
    for (wait, planned) in waits.iter().zip([5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0]) {
        assert!((planned..=planned * 1.2).contains(wait), "{wait} for {planned}");
    }
    assert!(waits.iter().sum::<f64>() >= 75.0 * 3_600.0, "{waits:?}");
    server.advance(Duration::from_hours(1_000)).await;
    assert_eq!(server.sender.sent().len(), failures.len());
    // A person sends it again, and somebody listens now.
    let again = format!("/api/deliveries/{}/redeliver", dead["delivery_id"].as_str().unwrap());
    let due = server.post(&again, &json!({})).await.expect(200)["delivery"].clone();
    assert_eq!((&due["state"], &due["attempts_made"]), (&json!("pending"), &json!(0)));
    let delivered = recorded(&server, failures.len() + 1).await;
    assert_eq!((&delivered["state"], &delivered["attempts_made"]), (&json!("delivered"), &json!(1)));
    let picked = pickup(&server, &path).await;
    assert_eq!((&picked["state"], &picked["by"]), (&json!("delivered"), &json!("callback")));
    let sent = server.sender.sent();
    assert!(sent.iter().all(|other| (other.id, &other.body, &other.url) == (sent[0].id, &sent[0].body, &sent[0].url)));
    let body: Value = serde_json::from_str(&sent[0].body).unwrap();
    for (key, value) in [
        ("session_id", &session["session_id"]),
        ("workflow_id", &Value::Null),
        ("status", &json!("completed")),
        ("response", &session["response"]),
        ("timestamp", &session["closed_at"]),
        ("event_id", &dead["delivery_id"]),
        ("version", &json!(2)),
    ] {
        assert_eq!(&body[key], value, "{key}");
    }
}

#[tokio::test]
async fn every_outcome_is_told_once() {
    let server = Harness::new().await;
    let (cancelled, _) = (server.open(&owing(HOOK)).await, server.open(&owing(HOOK)).await);
    assert!(server.sender.sent().is_empty());
    server.post(&format!("{cancelled}/cancel"), &json!({"reason": "late"})).await.expect(200);
    server.sender.called(1).await;
    server.post(&format!("{cancelled}/cancel"), &json!({})).await.expect(200);
    server.clock.advance(Duration::from_mins(5));
    server.sender.called(2).await;
    server.advance(Duration::from_hours(1)).await;
    let told: Vec<Value> = server.sender.sent().iter().map(|sent| serde_json::from_str(&sent.body).unwrap()).collect();
    assert_eq!((told.len(), &told[0]["status"], &told[1]["status"]), (2, &json!("cancelled"), &json!("timeout")));
    assert!(told.iter().all(|body| body.get("response").is_none()), "{told:?}");
}

#[tokio::test]
async fn a_receiver_may_ask_for_patience() {
    let server = Harness::new().await;
    let asked = |seconds| Sent::Status { status: 503, retry_after: Some(Duration::from_secs(seconds)) };
    server.sender.then(asked(3_600));
    server.sender.then(asked(1));
    answered(&server, HOOK).await;
    let next = async |made| {
        let delivery = recorded(&server, made).await;
        time(&delivery["next_attempt_at"]).duration_since(time(&delivery["attempts"][made - 1]["at"])).as_secs()
    };
    assert_eq!(next(1).await, 3_600);
    server.clock.advance(Duration::from_hours(1));
    // Less than the schedule would use up the attempts.
    assert!((300..=360).contains(&next(2).await));
}

#[tokio::test]
async fn a_receiver_may_want_no_more() {
    let server = Harness::new().await;
    server.sender.then(ScriptedSender::status(410));
    let path = answered(&server, HOOK).await;
    let dead = recorded(&server, 1).await;
    assert_eq!((&dead["state"], &dead["last_status"]), (&json!("dead"), &json!(410)));
    assert_eq!(pickup(&server, &path).await["state"], "failed");
    server.advance(Duration::from_hours(100)).await;
    assert_eq!(server.sender.sent().len(), 1);
}

#[tokio::test]
async fn a_refused_callback_is_tried_on_schedule() {
    let server = Harness::new().await;
    server.sender.refuse("loopback", "egress.allow_hosts");
    let path = answered(&server, HOOK).await;
    let refused = recorded(&server, 1).await;
    assert_eq!((&refused["state"], &refused["attempts"][0]["error"]), (&json!("refused"), &json!("loopback")));
    assert_eq!(pickup(&server, &path).await["state"], "pending");
    server.clock.advance(Duration::from_secs(6));
    assert_eq!(recorded(&server, 2).await["state"], "refused");
    // The owner allows it; nobody has to send it again by hand.
    server.sender.allow();
    server.clock.advance(Duration::from_mins(6));
    assert_eq!(recorded(&server, 3).await["state"], "delivered");
}

#[tokio::test]
async fn two_calls_of_one_session_never_overlap() {
    let server = Harness::new().await;
    server.sender.hold();
    let slow = answered(&server, HOOK).await;
    server.sender.called(1).await;
    let list = server.get("/api/deliveries").await.expect(200);
    let again = format!("/api/deliveries/{}/redeliver", list["deliveries"][0]["delivery_id"].as_str().unwrap());
    server.post(&again, &json!({})).await.expect(200);
    // Any lease ends by the wall clock, but the call goes on.
    server.clock.step_wall(SignedDuration::from_hours(1));
    server.post(&again, &json!({})).await.expect(200);
    let other = answered(&server, "https://other.example.com/").await;
    let calls = async |path: &str| {
        let sent = server.sender.sent();
        sent.iter().filter(|delivery| path.ends_with(&delivery.session.to_string())).count()
    };
    while calls(&other).await == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(calls(&slow).await, 1);
    server.sender.let_go();
}

#[tokio::test]
async fn a_slow_receiver_holds_up_nobody_else() {
    let server = Harness::new().await;
    server.sender.hold();
    for _ in 0..40 {
        answered(&server, HOOK).await;
    }
    let other = "https://other.example.com/";
    answered(&server, other).await;
    while server.sender.sent().iter().all(|delivery| delivery.url != other) {
        tokio::task::yield_now().await;
    }
    // The slow one waits with some of its own; at most with a round more than it may keep waiting.
    assert!(server.sender.sent().len() <= 32);
    server.sender.let_go();
    server.sender.called(41).await;
}

#[tokio::test]
async fn callbacks_are_listed_and_sent_again() {
    let server = Harness::new().await;
    let mut body = question();
    body["callback_url"] = json!("https://hooks.example.com/x");
    let path = server.open(&body).await;
    server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200);
    let list = server.get("/api/deliveries").await.expect(200);
    let delivery = &list["deliveries"][0];
    assert_eq!(delivery["url"], "https://hooks.example.com/x");
    assert!(path.ends_with(delivery["session_id"].as_str().unwrap()));
    let id = delivery["delivery_id"].as_str().unwrap();
    let again = server.post(&format!("/api/deliveries/{id}/redeliver"), &json!({})).await.expect(200);
    assert_eq!(again["delivery"]["delivery_id"], id);
    let of_session = format!("/api/deliveries?state=dead&session_id={}", delivery["session_id"].as_str().unwrap());
    assert_eq!(server.get(&of_session).await.expect(200)["deliveries"], json!([]));
    server.get("/api/deliveries?state=lost").await.problem(422, "validation_failed");
    for id in ["nope", "0190a000-0000-7000-8000-000000000000"] {
        server.post(&format!("/api/deliveries/{id}/redeliver"), &json!({})).await.problem(404, "delivery_not_found");
    }
}

#[tokio::test]
async fn a_refused_callback_is_a_warning() {
    let server = Harness::new().await;
    server.sender.refuse("loopback", "egress.allow_hosts");
    let mut body = question();
    body["callback_url"] = json!("https://hooks.example.com/x");
    let opened = server.post("/api/sessions", &body).await.expect(200);
    assert_eq!(opened["warnings"][0]["code"], "callback_refused_by_egress");
    assert!(opened["warnings"][0]["detail"].as_str().unwrap().contains("egress.allow_hosts"));
}

#[tokio::test]
async fn whoever_asked_has_their_own_sent_again() {
    let server = Harness::with_accounts().await;
    enter(&server, "ann", &[], Role::Member).await;
    let bob = enter(&server, "bob", &[], Role::Member).await;
    let eve = enter(&server, "eve", &[], Role::Member).await;
    let of_ann = token(&server, "ann", &[TokenScope::Create]).await;
    let mut body = owing(HOOK);
    body["assignee"] = json!("bob");
    let path = server.open_by(&of_ann, &body).await;
    server.post_by(&bob, &format!("{path}/respond"), &yes("bob")).await.expect(200);
    server.sender.called(1).await;
    let of_session = format!("/api/deliveries?session_id={}", path.rsplit('/').next().unwrap());
    let list = server.get_by(&of_ann, &of_session).await.expect(200);
    let again = format!("/api/deliveries/{}/redeliver", list["deliveries"][0]["delivery_id"].as_str().unwrap());
    server.post_by(&bob, &again, &json!({})).await.problem(403, "forbidden");
    server.post_by(&eve, &again, &json!({})).await.problem(404, "delivery_not_found");
    server.post(&again, &json!({})).await.problem(401, "unauthenticated");
    server.post_by(&of_ann, &again, &json!({})).await.expect(200);
    server.sender.called(2).await;
}
