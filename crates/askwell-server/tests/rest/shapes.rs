//! What frameworks hand to people: taken as it is, answered in its own shape wherever a response is shown.

use askwell_testkit::ScriptedSender;
use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::Harness;
use crate::polling::Polling;

const BIG: u64 = 18_446_744_073_709_551_615;

fn inbox() -> Value {
    json!([{
        "action_request": {"action": "transfer", "args": {"amount": 250, "account": BIG, "rate": 1.0}},
        "config": {"allow_ignore": true, "allow_respond": true, "allow_edit": true, "allow_accept": true},
        "description": "Pay Ann",
        "callback_url": "https://hooks.example.com/x",
        "workflow_id": "thread-1",
    }])
}

#[tokio::test]
async fn a_response_stands_in_its_own_shape_everywhere() {
    let server = Harness::new().await;
    server.sender.then(ScriptedSender::status(200));
    let path = server.open(&inbox()).await;
    let opened = server.get(&path).await.expect(200)["session"].clone();
    assert_eq!((&opened["asked_as"], &opened["workflow_id"]), (&json!("langgraph"), &json!("thread-1")));
    let edited = json!({"amount": 9_007_199_254_740_993_u64, "account": BIG, "rate": 2.0});
    let answer = json!({"response": {"action": "approve", "edited": edited}});
    let answered = server.post(&format!("{path}/respond"), &answer).await.expect(200);
    let resume = json!([{"type": "edit", "args": {"action": "transfer", "args": edited}}]).to_string();
    assert_eq!(answered["session"]["response"]["resume"].to_string(), resume);
    assert_eq!(server.get(&path).await.expect(200)["response"]["resume"].to_string(), resume);
    assert_eq!(server.get(&format!("{path}/status")).await.expect(200)["response"]["resume"].to_string(), resume);
    let listed = server.get("/api/sessions?status=all").await.expect(200);
    assert_eq!(listed["sessions"][0]["response"]["resume"].to_string(), resume);
    let history = server.get("/api/events").await.expect(200);
    assert_eq!(history["events"][1]["session"]["response"]["resume"].to_string(), resume);
    server.sender.called(1).await;
    let posted: Value = serde_json::from_str(&server.sender.sent()[0].body).unwrap();
    assert_eq!(posted["response"]["resume"].to_string(), resume);
    // Whoever was away hears the same.
    let mut socket = Polling::connect_with(&server, json!({"after": "0000000000000000"})).await;
    let told = socket.all_until("session_completed", path.rsplit('/').next().unwrap()).await;
    assert!(told.contains(&format!("\"resume\":{resume}")), "{told}");
}

#[tokio::test]
async fn the_other_frameworks_are_taken_as_they_are() {
    let server = Harness::new().await;
    let middleware = json!({
        "action_requests": [{"name": "send", "args": {"n": 1}}, {"name": "drop", "args": {}}],
        "review_configs": [{"action_name": "send", "allowed_decisions": ["approve", "edit"]}],
    });
    let path = server.open(&middleware).await;
    let refused = json!({"response": {"decisions": [{"action": "abort"}, {"action": "abort"}]}});
    let problem = server.post(&format!("{path}/respond"), &refused).await.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["pointer"], "/response/decisions/0/action");
    let answer = json!({"response": {"decisions": [{"action": "approve"}, {"action": "abort", "comment": "no"}]}});
    let answered = server.post(&format!("{path}/respond"), &answer).await.expect(200);
    assert_eq!(
        answered["session"]["response"]["resume"],
        json!({"decisions": [{"type": "approve"}, {"type": "reject", "message": "no"}]})
    );

    let interrupts = json!({"interrupts": [
        {"id": "a", "reason": "confirmation", "message": "Go?"},
        {"id": "b", "reason": "input_required", "message": "How many?", "responseSchema": {"type": "integer"}},
    ]});
    let path = server.open(&interrupts).await;
    let answered = server.post(&format!("{path}/respond"), &json!({"response": {"a": true, "b": 3}})).await.expect(200);
    assert_eq!(
        answered["session"]["response"]["resume"],
        json!([{"interruptId": "a", "status": "resolved", "payload": true},
            {"interruptId": "b", "status": "resolved", "payload": 3}])
    );
}

#[tokio::test]
async fn mistakes_are_named_as_the_framework_names_things() {
    let server = Harness::new().await;
    let wrong = json!([{"action_request": {"action": "f", "args": 1}, "config": {}}]);
    for path in ["/api/sessions", "/api/sessions/preview"] {
        let problem = server.post(path, &wrong).await.problem(422, "validation_failed");
        let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
        assert_eq!(pointers, ["/0/action_request/args", "/0/config"]);
    }
    let schema = json!({"id": "i", "reason": "input_required", "responseSchema": {"type": "nope"}});
    let problem = server.post("/api/sessions", &schema).await.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["pointer"], "/responseSchema/type");
    let over = json!({"id": "i", "reason": "confirmation", "expiresAt": "2020-01-01T00:00:00Z"});
    let problem = server.post("/api/sessions", &over).await.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["pointer"], "/expiresAt");
    let odd = server.post("/api/sessions", &json!({"id": "i", "reason": "confirmation", "odd": 1})).await.expect(200);
    assert_eq!(odd["warnings"][0]["pointer"], "/odd");
    let within = json!([{"action_request": {"action": "f", "args": {}}, "config": {"allow_accept": true}, "odd": 1}]);
    for path in ["/api/sessions", "/api/sessions/preview"] {
        let told = server.post(path, &within).await.expect(200);
        assert_eq!(told["warnings"][0]["pointer"], "/0/odd");
    }
    let mut wrong = within;
    wrong[0]["callback_url"] = json!(1);
    let problem = server.post("/api/sessions", &wrong).await.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["pointer"], "/0/callback_url");
}

#[tokio::test]
async fn a_repeat_with_the_same_key_is_the_same_session() {
    let server = Harness::new().await;
    let headers = [("content-type", "application/json"), ("idempotency-key", "run-1")];
    let ask = async |id: &str| {
        let body = json!({"id": id, "reason": "confirmation"}).to_string();
        server.call(Method::POST, "/api/sessions", &headers, body).await
    };
    let first = ask("a").await.expect(200)["session_id"].clone();
    assert_eq!(ask("a").await.expect(200)["session_id"], first);
    let until = async |at: &str| {
        let body = json!({"id": "c", "reason": "confirmation", "expiresAt": at}).to_string();
        let headers = [("content-type", "application/json"), ("idempotency-key", "run-2")];
        server.call(Method::POST, "/api/sessions", &headers, body).await
    };
    let timed = until("2030-01-01T00:00:00Z").await.expect(200)["session_id"].clone();
    server.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(until("2030-01-01T00:00:00Z").await.expect(200)["session_id"], timed);
    // People would be shown the same, but it is another interrupt.
    ask("b").await.problem(422, "idempotency_mismatch");
    // What can no longer be asked was asked: whoever repeats it learns what became of it.
    let soon = server.app.now() + std::time::Duration::from_mins(1);
    let ask = async |id: &str, key: &str| {
        let body = json!({"id": id, "reason": "confirmation", "expiresAt": soon.to_string()}).to_string();
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        server.call(Method::POST, "/api/sessions", &headers, body).await
    };
    let asked = ask("d", "run-3").await.expect(200)["session_id"].clone();
    server.advance(std::time::Duration::from_secs(61)).await;
    assert_eq!(ask("d", "run-3").await.expect(200)["session_id"], asked);
    for (id, key) in [("e", "run-3"), ("d", "run-4")] {
        let refused = ask(id, key).await.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], "/expiresAt", "{refused}");
    }
}
