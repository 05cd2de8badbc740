//! Clients of revisions that have sessions: what breaks off, whose they are, how many there are.

use std::time::Duration;

use askwell_server::{LeavingCall, McpOptions, ServerOptions};
use axum::http::Method;
use serde_json::{Value, json};

use super::client::Client;
use crate::harness::Harness;

const ONE_WAITS: usize = 5;

fn call(client: &Client<'_>, arguments: &Value) -> Value {
    client.message(1, "tools/call", &json!({"name": "ask_human", "arguments": arguments}))
}

async fn only_open(server: &Harness) -> String {
    let page = server.get("/api/sessions").await.expect(200);
    page["sessions"][0]["session_id"].as_str().unwrap().to_owned()
}

async fn respond(server: &Harness, id: &str) {
    let body = json!({"response": {"choice": "confirm"}, "user_id": "ann"});
    server.post(&format!("/api/sessions/{id}/respond"), &body).await.expect(200);
}

#[tokio::test]
async fn what_came_while_a_client_was_gone_is_there_when_it_comes_back() {
    for answered_first in [true, false] {
        let server = Harness::new().await;
        let client = Client::hearing(&server).legacy("2025-11-25").await;
        let mut stream = client.open(&call(&client, &json!({"title": "x", "wait_seconds": 600}))).await;
        stream.next().await.unwrap();
        let place = stream.last_event_id.clone().unwrap();
        drop(stream);
        server.clock.asleep(ONE_WAITS).await;
        let id = only_open(&server).await;
        if answered_first {
            respond(&server, &id).await;
            // Until the answer is on its way to nobody.
            while server.get(&format!("/api/sessions/{id}")).await.expect(200)["session"]["delivery"]["state"] == "none"
            {
                tokio::task::yield_now().await;
            }
        }
        let mut resumed = client.listen(Some(&place)).await;
        if !answered_first {
            respond(&server, &id).await;
        }
        let answer = loop {
            let message = resumed.next().await.unwrap();
            if message["method"].is_null() {
                break message;
            }
        };
        assert_eq!(answer["result"]["structuredContent"]["status"], "completed", "{answer}");
        assert!(resumed.next().await.is_none(), "the stream ends with its answer");
    }
}

#[tokio::test]
async fn nobody_waits_for_a_client_that_stays_away() {
    let server = Harness::new().await;
    let client = Client::hearing(&server).named("claude-code").legacy("2025-11-25").await;
    let mut stream = client.open(&call(&client, &json!({"title": "x", "timeout_seconds": 3_000}))).await;
    stream.next().await.unwrap();
    let place = stream.last_event_id.clone().unwrap();
    drop(stream);
    let id = only_open(&server).await;
    for _ in 0..8 {
        server.clock.asleep(ONE_WAITS).await;
        server.clock.advance(Duration::from_secs(15));
    }
    while server.get(&format!("/api/sessions/{id}")).await.expect(200)["session"]["waiting"] == true {
        tokio::task::yield_now().await;
    }
    let mut resumed = client.listen(Some(&place)).await;
    let answer = loop {
        let message = resumed.next().await.unwrap();
        if message["method"].is_null() {
            break message;
        }
    };
    assert_eq!(answer["result"]["structuredContent"]["status"], "pending", "it is told how to go on");
}

#[tokio::test]
async fn calls_that_are_dropped_do_not_wait_without_end() {
    let server = Harness::new().await;
    let client = Client::hearing(&server).legacy("2025-11-25").await;
    let _beside = client.listen(None).await;
    client.told("ask_human", &json!({"title": "x", "wait_seconds": 0})).await;
    let id = only_open(&server).await;
    let get = json!({"name": "get_response", "arguments": {"request_id": id, "wait_seconds": 3_000}});
    for number in 10..10 + 64 {
        let mut stream = client.open(&client.message(number, "tools/call", &get)).await;
        assert_eq!(stream.next().await.unwrap()["method"], "notifications/progress");
    }
    let told = client.told("get_response", &get["arguments"]).await;
    assert_eq!((&told["status"], &told["request_id"]), (&json!("pending"), &json!(id)));
    // Others are none the worse for it.
    let other = Client::hearing(&server).legacy("2025-11-25").await;
    let mut stream = other.open(&other.message(1, "tools/call", &get)).await;
    assert_eq!(stream.next().await.unwrap()["method"], "notifications/progress");
    respond(&server, &id).await;
    assert_eq!(stream.next().await.unwrap()["result"]["structuredContent"]["status"], "completed");
    assert_eq!(client.told("get_response", &get["arguments"]).await["status"], "completed");
}

#[tokio::test]
async fn a_place_that_is_not_known_is_an_empty_stream() {
    let server = Harness::new().await;
    let client = Client::new(&server).legacy("2025-06-18").await;
    for place in ["nonsense", "x/1", "00000000-0000-4000-8000-000000000000/1"] {
        let mut stream = client.listen(Some(place)).await;
        assert_eq!((stream.status, stream.next().await), (200, None), "{place}");
    }
}

#[tokio::test]
async fn a_session_that_is_not_known_is_not_found() {
    let server = Harness::new().await;
    let mut client = Client::new(&server).legacy("2025-06-18").await;
    let message = client.message(1, "tools/list", &json!({}));
    let headers = [("mcp-session-id", client.session.as_deref().unwrap()), ("mcp-protocol-version", "2025-06-18")];
    let ended = server.call(Method::DELETE, "/mcp", &headers, "").await;
    assert_eq!(ended.status, 202);
    assert_eq!(client.post(&message, &[]).await.status, 404);
    client.session = Some("00000000-0000-4000-8000-000000000000".to_owned());
    assert_eq!(client.post(&message, &[]).await.status, 404);
    client.session = None;
    assert!((400..500).contains(&client.post(&message, &[]).await.status));
}

#[tokio::test]
async fn idle_sessions_make_room_and_busy_ones_do_not() {
    let mcp = McpOptions { max_sessions: 2, ..McpOptions::default() };
    let server = Harness::with(ServerOptions { mcp, ..ServerOptions::default() }).await;
    let list = |client: &Client<'_>| client.message(1, "tools/list", &json!({}));
    let first = Client::new(&server).legacy("2025-06-18").await;
    let second = Client::new(&server).legacy("2025-06-18").await;
    let third = Client::new(&server).legacy("2025-06-18").await;
    assert_eq!(first.post(&list(&first), &[]).await.status, 404, "the longest idle one has ended");
    let beside = [second.listen(None).await, third.listen(None).await];
    let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18",
        "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}});
    let refused = Client::new(&server).post(&hello, &[]).await;
    refused.problem(503, "overloaded");
    drop(beside);
    assert_eq!(Client::new(&server).post(&hello, &[]).await.status, 200);
}

#[tokio::test]
async fn leaving_a_call_leaves_its_question_unless_the_owner_says_otherwise() {
    for (leaving, status) in [(LeavingCall::LeavesQuestion, "pending"), (LeavingCall::CancelsQuestion, "cancelled")] {
        let mcp = McpOptions { leaving, ..McpOptions::default() };
        let server = Harness::with(ServerOptions { mcp, ..ServerOptions::default() }).await;
        let client = Client::hearing(&server).legacy("2025-06-18").await;
        let mut stream = client.open(&call(&client, &json!({"title": "x", "wait_seconds": 600}))).await;
        stream.next().await.unwrap();
        let id = only_open(&server).await;
        let gone = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
        assert_eq!(client.post(&gone, &[]).await.status, 202);
        let session = loop {
            let session = server.get(&format!("/api/sessions/{id}?wait=0")).await.expect(200)["session"].clone();
            if session["waiting"] != true && (status == "pending" || session["status"] != "pending") {
                break session;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(session["status"], status);
    }
}

#[tokio::test]
async fn a_session_is_of_use_however_long_it_was_silent() {
    let server = Harness::new().await;
    let client = Client::new(&server).legacy("2025-06-18").await;
    server.advance(Duration::from_hours(3)).await;
    assert!(client.ask("tools/list", &json!({})).await["result"]["tools"].is_array());
}
