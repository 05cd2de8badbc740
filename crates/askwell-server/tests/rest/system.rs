use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::Harness;

const REQUEST: &str = "/api/system/hitl-request";
const RESPONSE: &str = "/api/system/hitl-response";

fn review(request_id: &str, attempt: u64) -> Value {
    json!({"request_id": request_id, "checkpoint_name": "Plan", "context_message": "m", "node_id": "root",
        "current_attempt": attempt, "data_for_review": [1]})
}

#[tokio::test]
async fn an_agent_asks_polls_and_gets_its_answer_every_time() {
    let server = Harness::new().await;
    let taken = json!({"message": "HITL request emitted successfully", "request_id": "r", "success": true});
    assert_eq!(server.post(REQUEST, &review("r", 1)).await.expect(200), taken);
    assert_eq!(server.post(REQUEST, &review("r", 1)).await.expect(200), taken);
    let path = format!("{RESPONSE}/r");
    assert_eq!(server.get(&path).await.expect(404), json!({"has_response": false, "request_id": "r"}));
    let pending = server.get("/api/system/hitl-pending").await.expect(200);
    assert_eq!((&pending["success"], pending["requests"].as_array().unwrap().len()), (&json!(true), 1));
    assert_eq!(pending["requests"][0]["data_for_review"], json!([1]));
    let answer = json!({"request_id": "r", "action": "approve", "user_id": "mei"});
    assert_eq!(server.post(RESPONSE, &answer).await.expect(200), json!({"success": true, "request_id": "r"}));
    let expected = json!({"has_response": true, "request_id": "r", "response": {"user_choice": "approved",
        "message": "User approved checkpoint 'Plan'", "modification_instructions": null}});
    for _ in 0..3 {
        assert_eq!(server.get(&path).await.expect(200), expected);
    }
    // A repeat by the same person is no second answer; another's is told who was first.
    server.post(RESPONSE, &answer).await.expect(200);
    let late = server.post(RESPONSE, &json!({"request_id": "r", "action": "abort", "user_id": "li"})).await.expect(409);
    assert_eq!((&late["success"], &late["code"]), (&json!(false), &json!("session_closed")));
    assert!(late["error"].as_str().unwrap().contains("mei"), "{late}");
    assert_eq!(server.get(&path).await.expect(200), expected);
    assert_eq!(server.get("/api/system/hitl-pending").await.expect(200)["requests"], json!([]));
}

#[tokio::test]
async fn failures_are_the_originals() {
    let server = Harness::new().await;
    for nothing in ["", "{}", "null"] {
        let reply = server.call(Method::POST, REQUEST, &[("content-type", "application/json")], nothing).await;
        assert_eq!(reply.expect(400), json!({"error": "No data provided"}), "{nothing}");
    }
    for key in ["checkpoint_name", "context_message", "node_id", "request_id"] {
        let mut body = review("r", 1);
        body.as_object_mut().unwrap().remove(key);
        let error = format!("Missing required field: {key}");
        assert_eq!(server.post(REQUEST, &body).await.expect(400), json!({ "error": error }));
    }
    let reply = server.call(Method::POST, REQUEST, &[("content-type", "application/json")], "{").await;
    assert_eq!(reply.expect(400)["code"], "malformed_json");
    assert_eq!(reply.header("content-type"), "application/json");
    let mut wrong = review("r", 0);
    wrong["context_message"] = json!(7);
    let refused = server.post(REQUEST, &wrong).await.expect(422);
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/context_message", "/current_attempt"]);
    server.post(REQUEST, &review("r", 1)).await.expect(200);
    let again = server.post(REQUEST, &review("r", 2)).await.expect(409);
    assert_eq!(again["code"], "request_id_reused");
    assert_eq!(server.post(RESPONSE, &json!({"request_id": "r", "action": "yes"})).await.expect(422)["success"], false);
    assert_eq!(server.post(RESPONSE, &json!({"request_id": "?", "action": "abort"})).await.status, 404);
    assert_eq!(server.get(&format!("{RESPONSE}/%ff")).await.status, 404);
    let statistics = server.get("/api/statistics").await.expect(200);
    assert_eq!(statistics["statistics"]["total_sessions"], 1);
}

#[tokio::test]
async fn a_name_is_one_reviews_alone() {
    let server = Harness::new().await;
    let by_rest = server.open(&json!({"interaction_data": {"interaction_type": "review", "title": "t"}})).await;
    let id = by_rest.rsplit('/').next().unwrap().to_owned();
    assert_eq!(server.post(REQUEST, &review(&id, 1)).await.expect(409)["code"], "request_id_reused");
    assert_eq!(server.get(&format!("{RESPONSE}/{id}")).await.expect(404)["request_id"], json!(id));
    server.post(RESPONSE, &json!({"request_id": id, "action": "abort"})).await.expect(200);
    assert_eq!(server.get(&format!("{RESPONSE}/{id}")).await.expect(200)["response"]["user_choice"], "aborted");
    // A session that is no review has no such name, and one with a name of its own goes by that alone.
    let other = server.open(&crate::harness::question()).await;
    assert_eq!(server.get(&format!("{RESPONSE}/{}", other.rsplit('/').next().unwrap())).await.status, 404);
    server.post(REQUEST, &review("named", 1)).await.expect(200);
    let session = server.get("/api/sessions?interaction_type=review").await.expect(200)["sessions"][0].clone();
    assert_eq!(session["request_id"], "named");
    assert_eq!(server.get(&format!("{RESPONSE}/{}", session["session_id"].as_str().unwrap())).await.status, 404);
}

#[tokio::test]
async fn a_wait_ends_with_the_answer_and_a_deadline_is_a_timeout() {
    let server = Harness::new().await;
    server.post(REQUEST, &review("r", 1)).await.expect(200);
    let path = format!("{RESPONSE}/r?wait=300");
    let (waited, ()) = tokio::join!(server.get(&path), async {
        // The waiter is one more sleeper beside the loops.
        server.clock.asleep(5).await;
        server.post(RESPONSE, &json!({"request_id": "r", "action": "abort"})).await.expect(200);
    });
    assert_eq!(waited.expect(200)["response"]["user_choice"], "aborted");
    server.post(REQUEST, &review("late", 1)).await.expect(200);
    server.advance(Duration::from_mins(20)).await;
    let late = server.get(&format!("{RESPONSE}/late")).await.expect(200);
    assert_eq!(late["response"]["user_choice"], "timeout");
    server.get(&format!("{RESPONSE}/late?wait=x")).await.expect(422);
}

#[tokio::test]
async fn attempts_of_one_review_are_linked() {
    let server = Harness::new().await;
    let modify = |name: &str| json!({"request_id": name, "action": "modify", "modification_instructions": "again"});
    server.post(REQUEST, &review("first", 1)).await.expect(200);
    server.post(RESPONSE, &modify("first")).await.expect(200);
    server.post(REQUEST, &review("of another run", 1)).await.expect(200);
    server.post(REQUEST, &review("second", 2)).await.expect(200);
    server.post(RESPONSE, &json!({"request_id": "second", "action": "approve"})).await.expect(200);
    let list = server.get("/api/sessions?status=all&sort=created_at").await.expect(200);
    let ids: Vec<_> = list["sessions"].as_array().unwrap().iter().map(|s| s["session_id"].as_str().unwrap()).collect();
    let links = async |at: usize| {
        let one = server.get(&format!("/api/sessions/{}", ids[at])).await.expect(200);
        let links = one["session"]["attempts"].as_array().unwrap().clone();
        links
            .iter()
            .map(|link| (link["session_id"].as_str().unwrap().to_owned(), link["attempt"].clone()))
            .collect::<Vec<_>>()
    };
    let chain = vec![(ids[0].to_owned(), json!(1)), (ids[2].to_owned(), json!(2))];
    assert_eq!((links(0).await, links(2).await), (chain.clone(), chain));
    assert_eq!(links(1).await, [(ids[1].to_owned(), json!(1))]);
}

#[tokio::test]
async fn how_things_stand_is_told_as_the_original_does() {
    let server = Harness::new().await;
    let tested = server.post("/api/system/hitl-test", &Value::Null).await.expect(200);
    assert_eq!((&tested["success"], &tested["message"]), (&json!(true), &json!("Test HITL request triggered")));
    let status = json!({"ready": true, "socketio_available": true, "connected_clients": 0, "pending_requests": 1,
        "timeout_seconds": 1200.0});
    let debug = server.get("/api/system/hitl-debug").await.expect(200);
    assert_eq!((&debug["hitl_status"], &debug["config_hitl_enabled"]), (&status, &json!(true)));
    let readiness = server.get("/readiness").await.expect(200);
    assert_eq!((&readiness["ready"], &readiness["websocket_hitl_status"]), (&json!(true), &status));
    assert_eq!(readiness["components"]["execution_engine_ready"], true);
}
