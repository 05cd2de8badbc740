//! Tasks: a question that a client comes back for.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::Client;
use crate::harness::Harness;

async fn task(client: &Client<'_>, tool: &str, arguments: Value) -> Value {
    client.ask("tools/call", &json!({"name": tool, "arguments": arguments})).await["result"].clone()
}

async fn get(client: &Client<'_>, id: &Value) -> Value {
    client.ask("tasks/get", &json!({ "taskId": id })).await
}

async fn respond(server: &Harness, id: &Value, response: Value) {
    let path = format!("/api/sessions/{}/respond", id.as_str().unwrap());
    server.post(&path, &json!({"response": response, "user_id": "ann"})).await.expect(200);
}

#[tokio::test]
async fn a_question_is_a_task_for_who_takes_tasks() {
    let server = Harness::new().await;
    let client = Client::hearing(&server).with_tasks();
    for (tool, arguments, response) in [
        ("ask_human", json!({"title": "x"}), json!({"choice": "confirm"})),
        ("request_approval", json!({"action": "x"}), json!({"action": "abort"})),
    ] {
        let created = task(&client, tool, arguments).await;
        assert_eq!((&created["resultType"], &created["status"]), (&json!("task"), &json!("working")), "{created}");
        assert!(created["pollIntervalMs"].is_number() && created["ttlMs"].is_null(), "{created}");
        let id = &created["taskId"];
        let working = get(&client, id).await["result"].clone();
        assert_eq!((&working["status"], &working["result"]), (&json!("working"), &Value::Null));
        assert!(working["statusMessage"].as_str().unwrap().contains(&format!("/r/{}", id.as_str().unwrap())));
        respond(&server, id, response.clone()).await;
        let done = get(&client, id).await["result"].clone();
        assert_eq!(done["status"], "completed", "{done}");
        let told = &done["result"]["structuredContent"];
        assert_eq!((&told["request_id"], &told["response"]), (id, &response));
        assert_eq!(told["decision"].as_str(), (tool == "request_approval").then_some("reject"));
    }
}

#[tokio::test]
async fn a_task_is_only_for_who_asks_for_one() {
    let server = Harness::new().await;
    // Not where the client does not take them, nor by another revision, nor where it does not want to wait.
    let plain = Client::new(&server);
    let old = Client::new(&server).with_tasks().legacy("2025-11-25").await;
    let new = Client::new(&server).with_tasks();
    for client in [&plain, &old, &new] {
        let result = task(client, "ask_human", json!({"title": "x", "wait_seconds": 0})).await;
        assert_eq!(result["structuredContent"]["status"], "pending", "{result}");
    }
    let told = task(&new, "notify_human", json!({"title": "x"})).await;
    assert_eq!(told["structuredContent"]["status"], "pending");
    assert_eq!(get(&plain, &json!("x")).await["error"]["code"], -32_021);
}

#[tokio::test]
async fn a_task_ends_as_its_question_does() {
    let server = Harness::new().await;
    let client = Client::new(&server).with_tasks();
    let cancelled = task(&client, "ask_human", json!({"title": "x"})).await["taskId"].clone();
    for _ in 0..2 {
        let answer = client.ask("tasks/cancel", &json!({ "taskId": cancelled })).await;
        assert!(answer["error"].is_null(), "{answer}");
    }
    assert_eq!(get(&client, &cancelled).await["result"]["status"], "cancelled");
    let path = format!("/api/sessions/{}", cancelled.as_str().unwrap());
    assert_eq!(server.get(&path).await.expect(200)["status"], "cancelled");
    let late = task(&client, "ask_human", json!({"title": "x", "timeout_seconds": 5})).await["taskId"].clone();
    server.advance(Duration::from_secs(5)).await;
    let done = get(&client, &late).await["result"].clone();
    assert_eq!(done["status"], "completed", "silence is a result, not a fault");
    assert_eq!(done["result"]["structuredContent"]["status"], "timeout");
    for id in ["x", "00000000-0000-7000-8000-000000000000"] {
        assert_eq!(get(&client, &json!(id)).await["error"]["code"], -32_602);
    }
    let update = json!({"taskId": late, "inputResponses": {}});
    assert!(client.ask("tasks/update", &update).await["error"].is_null());
}

#[tokio::test]
async fn a_repeat_finds_the_task_and_then_the_answer() {
    let server = Harness::new().await;
    let client = Client::new(&server).with_tasks();
    let arguments = json!({"title": "x", "idempotency_key": "k"});
    let first = task(&client, "ask_human", arguments.clone()).await;
    assert_eq!(task(&client, "ask_human", arguments.clone()).await["taskId"], first["taskId"]);
    respond(&server, &first["taskId"], json!({"choice": "cancel"})).await;
    let done = task(&client, "ask_human", arguments).await;
    assert_eq!((&done["resultType"], &done["structuredContent"]["status"]), (&json!("complete"), &json!("completed")));
}
