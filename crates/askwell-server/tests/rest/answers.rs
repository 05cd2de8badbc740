use std::time::Duration;

use askwell_core::access::Role;
use askwell_server::ServerOptions;
use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, question, yes};
use crate::people::enter;

#[tokio::test]
async fn the_first_answer_wins_and_the_loser_is_told() {
    let server = Harness::new().await;
    let path = format!("{}/respond", server.open(&question()).await);
    let won = server.post(&path, &yes("ann")).await.expect(200);
    assert_eq!((&won["success"], &won["message"]), (&json!(true), &json!("响应已提交")));
    assert_eq!(server.post(&path, &yes("ann")).await.expect(200)["session"], won["session"]);
    let lost = server.post(&path, &yes("bob")).await.problem(409, "session_closed");
    assert_eq!((&lost["closed_by"], &lost["closed_status"]), (&json!("ann"), &json!("completed")));
    assert_eq!(lost["closed_at"], won["session"]["closed_at"]);
    assert!(lost["detail"].as_str().unwrap().contains("ann"));
}

#[tokio::test]
async fn an_answer_is_checked() {
    let server = Harness::new().await;
    let path = format!("{}/respond", server.open(&question()).await);
    let wrong = server.post(&path, &json!({"response": {"choice": "maybe"}})).await.problem(422, "validation_failed");
    assert_eq!(wrong["errors"][0]["pointer"], "/response/choice");
    server.post(&path, &json!({"user_id": "ann"})).await.problem(400, "missing_field");
    server.post(&path, &json!([])).await.problem(422, "validation_failed");
    let other = json!({"response": {"choice": "confirm"}, "content_hash": "0".repeat(64)});
    server.post(&path, &other).await.problem(412, "content_changed");
    let odd = json!({"response": {"choice": "confirm", "extra": 1}});
    let kept = server.post(&path, &odd).await.expect(200);
    assert_eq!(kept["warnings"][0]["pointer"], "/response/extra");
    server.post("/api/sessions/nope/respond", &yes("ann")).await.problem(404, "session_not_found");
}

#[tokio::test]
async fn the_deadline_is_a_fact() {
    let server = Harness::new().await;
    let path = format!("{}/respond", server.open(&question()).await);
    server.clock.advance(Duration::from_mins(5));
    let late = server.post(&path, &yes("ann")).await.problem(409, "session_expired");
    assert_eq!(late["closed_status"], "timeout");
}

#[tokio::test]
async fn words_follow_the_caller() {
    let server = Harness::new().await;
    let path = format!("{}/respond", server.open(&question()).await);
    let english = [("content-type", "application/json"), ("accept-language", "en-GB")];
    let reply = server.call(Method::POST, &path, &english, yes("ann").to_string()).await;
    assert_eq!(reply.expect(200)["message"], "The answer has been submitted");
    let reply = server.call(Method::POST, &path, &english, yes("bob").to_string()).await;
    assert_eq!(reply.problem(409, "session_closed")["error"], "Session is closed");
    assert_eq!(reply.header("content-language"), "en");
}

#[tokio::test]
async fn the_originals_status_codes_come_back_where_asked_for() {
    let options = ServerOptions { original_status_codes: true, ..ServerOptions::default() };
    let server = Harness::with(options).await;
    let path = server.open(&question()).await;
    server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200);
    server.post(&format!("{path}/respond"), &yes("bob")).await.problem(400, "session_closed");
    server.post(&format!("{path}/cancel"), &json!({})).await.problem(400, "session_closed");
    server.post("/api/sessions/x/cancel", &json!({})).await.problem(400, "session_not_found");
    server.post("/api/sessions", &json!([])).await.problem(400, "validation_failed");
    server.post(&format!("{path}/claim"), &json!({})).await.problem(409, "session_closed");
    server.get("/api/sessions/x").await.problem(404, "session_not_found");
}

#[tokio::test]
async fn many_alike_questions_are_answered_at_once() {
    let server = Harness::new().await;
    let mut low = question();
    low["risk"] = json!("low");
    let first = server.post("/api/sessions", &low).await.expect(200)["session"].clone();
    let second = server.post("/api/sessions", &low).await.expect(200)["session"].clone();
    let item = |session: &serde_json::Value| {
        json!({"session_id": session["session_id"], "content_hash": session["content_hash"],
            "response": {"choice": "confirm"}, "user_id": "ann"})
    };
    let unknown = json!({"session_id": "nope", "content_hash": "x", "response": {}});
    let taken = format!("/api/sessions/{}/respond", second["session_id"].as_str().unwrap());
    server.post(&taken, &yes("bob")).await.expect(200);
    let many = json!({"responses": [item(&first), unknown, item(&second)]});
    let reply = server.post("/api/sessions/respond-many", &many).await.expect(200);
    let results = reply["results"].as_array().unwrap();
    assert_eq!(results[0]["session"]["status"], "completed");
    assert_eq!((&results[1]["code"], &results[1]["session_id"]), (&json!("session_not_found"), &json!("nope")));
    assert_eq!((&results[2]["code"], &results[2]["closed_by"]), (&json!("session_closed"), &json!("bob")));
    let risky = server.post("/api/sessions", &question()).await.expect(200)["session"].clone();
    let refused = server.post("/api/sessions/respond-many", &json!({"responses": [item(&risky)]})).await;
    assert_eq!(refused.problem(422, "validation_failed")["errors"][0]["pointer"], "/responses/0/session_id");
    let refused = server.post("/api/sessions/respond-many", &json!({"responses": [{"response": {}}]})).await;
    assert_eq!(refused.problem(422, "validation_failed")["errors"][0]["pointer"], "/responses/0/session_id");
    server.post("/api/sessions/respond-many", &json!({})).await.problem(400, "missing_field");
}

#[tokio::test]
async fn what_is_dropped_is_named_however_deep() {
    let server = Harness::new().await;
    let action = json!({"kind": "db.migrate", "target": "orders", "args": {}});
    let review = json!({"interaction_data": {"interaction_type": "review", "title": "t", "actions": [action, action]}});
    let review = server.open(&review).await;
    let answer = json!({"response": {"decisions": [{"action": "approve", "mood": 1}, {"action": "approve"}]}});
    let kept = server.post(&format!("{review}/respond"), &answer).await.expect(200);
    assert_eq!(kept["warnings"][0]["pointer"], "/response/decisions/0/mood");
    let upload = server.open(&json!({"interaction_data": {"interaction_type": "file_upload", "title": "t"}})).await;
    let multipart = [("content-type", "multipart/form-data; boundary=XX")];
    let body = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nx\r\n--XX--\r\n";
    let file = server.call(Method::POST, &format!("{upload}/files"), &multipart, body).await.expect(200);
    let answer = json!({"response": {"files": [file["file"]["file_id"]], "note": "see page 2"}});
    for _ in 0..2 {
        let kept = server.post(&format!("{upload}/respond"), &answer).await.expect(200);
        assert_eq!(kept["warnings"][0]["pointer"], "/response/note");
    }
}

/// One that cannot be answered in a row says nothing of the others, whatever it is like.
#[tokio::test]
async fn one_that_is_not_to_be_answered_so_is_a_result_of_its_own() {
    let server = Harness::with_accounts().await;
    let ann = enter(&server, "ann", &[], Role::Member).await;
    let bob = enter(&server, "bob", &[], Role::Member).await;
    let cyd = enter(&server, "cyd", &[], Role::Member).await;
    let open = async |more: Value| {
        let mut body = question();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        server.open_by(&ann, &body).await
    };
    let low = open(json!({"risk": "low", "assignee": "bob"})).await;
    let signed = open(json!({"risk": "high", "step_up": "passkey", "assignee": "bob"})).await;
    let watched = open(json!({"risk": "high", "assignee": "bob"})).await;
    server.post_by(&bob, &format!("{watched}/delegate"), &json!({"to": "cyd"})).await.expect(200);
    let hidden = open(json!({"risk": "high", "assignee": "cyd"})).await;
    let mut responses = Vec::new();
    for path in [&signed, &watched, &hidden, &low] {
        let hash = server.get_by(&ann, path).await.expect(200)["session"]["content_hash"].clone();
        let id = path.rsplit('/').next().unwrap();
        responses.push(json!({"session_id": id, "content_hash": hash, "response": {"choice": "confirm"}}));
    }
    let many = json!({ "responses": responses });
    let reply = server.post_by(&bob, "/api/sessions/respond-many", &many).await.expect(200);
    let results = reply["results"].as_array().unwrap();
    let codes: Vec<_> = results.iter().map(|result| result["code"].as_str().unwrap_or("answered")).collect();
    assert_eq!(codes, ["step_up_required", "forbidden", "session_not_found", "answered"]);
    // Whoever may answer the dangerous ones may still not answer them in a row.
    let many = json!({ "responses": [many["responses"][1], many["responses"][2]] });
    server.post_by(&cyd, "/api/sessions/respond-many", &many).await.problem(422, "validation_failed");
}
