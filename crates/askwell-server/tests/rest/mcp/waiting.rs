//! How calls wait, and what outlives them.

use std::time::Duration;

use askwell_server::STOPPING;
use futures::future::join;
use serde_json::{Value, json};

use super::client::{Client, Stream};
use crate::harness::{Harness, just_before};

const TICK: Duration = Duration::from_secs(15);

/// Loops that sleep when nothing goes on, and one call that waits.
const ONE_WAITS: usize = 5;

async fn respond(server: &Harness, id: &str) {
    let body = json!({"response": {"choice": "confirm"}, "user_id": "ann"});
    server.post(&format!("/api/sessions/{id}/respond"), &body).await.expect(200);
}

async fn only_open(server: &Harness) -> String {
    let page = server.get("/api/sessions").await.expect(200);
    page["sessions"][0]["session_id"].as_str().unwrap().to_owned()
}

fn call(client: &Client<'_>, arguments: &Value) -> Value {
    client.message(1, "tools/call", &json!({"name": "ask_human", "arguments": arguments}))
}

fn result(answer: &Value) -> &Value {
    &answer["result"]["structuredContent"]
}

#[tokio::test]
async fn a_call_waits_ten_minutes_and_tells_of_progress() {
    for version in [None, Some("2025-06-18")] {
        let server = Harness::new().await;
        let mut client = Client::hearing(&server).named("claude-code");
        if let Some(version) = version {
            client = client.legacy(version).await;
        }
        let message = call(&client, &json!({"title": "Deploy?", "timeout_seconds": 1_800}));
        let mut stream = client.open(&message).await;
        let first = stream.next().await.unwrap();
        assert_eq!((&first["method"], &first["params"]["progress"]), (&json!("notifications/progress"), &json!(1.0)));
        let id = only_open(&server).await;
        let said = first["params"]["message"].as_str().unwrap();
        assert!(said.contains(&id) && said.contains(&format!("/r/{id}")), "{said}");
        for told in 2..=40 {
            server.clock.asleep(ONE_WAITS).await;
            server.clock.advance(TICK);
            let progress = stream.next().await.unwrap();
            assert_eq!(progress["params"]["progress"], f64::from(told), "at {told}: {progress}");
        }
        assert_eq!(server.get(&format!("/api/sessions/{id}")).await.expect(200)["session"]["waiting"], true);
        respond(&server, &id).await;
        let answer = stream.next().await.unwrap();
        assert_eq!(result(&answer)["response"], json!({"choice": "confirm"}), "{answer}");
        assert!(stream.next().await.is_none());
    }
}

#[tokio::test]
async fn a_call_that_cannot_tell_of_progress_is_short() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    for (wished, seconds, notes) in [(Value::Null, 25, 0), (json!(600), 25, 1), (json!(7), 7, 0)] {
        let message = call(&client, &json!({"title": "x", "wait_seconds": wished}));
        let waits = async {
            let mut stream = client.open(&message).await;
            stream.next().await.unwrap()
        };
        let passes = async {
            server.clock.asleep(ONE_WAITS).await;
            server.clock.advance(just_before(Duration::from_secs(seconds)));
            server.clock.asleep(ONE_WAITS).await;
            server.clock.advance(Duration::from_millis(1));
        };
        let (answer, ()) = join(waits, passes).await;
        assert_eq!(result(&answer)["status"], "pending", "{answer}");
        assert_eq!(result(&answer)["notes"].as_array().map_or(0, Vec::len), notes);
    }
}

#[tokio::test]
async fn a_call_that_tells_of_progress_is_given_what_the_owner_says() {
    let server = Harness::new().await;
    let client = Client::hearing(&server);
    let mut stream = client.open(&call(&client, &json!({"title": "x"}))).await;
    let mut told = 0;
    let answer = loop {
        let message = stream.next().await.unwrap();
        if message["method"].is_null() {
            break message;
        }
        told += 1;
        server.clock.asleep(ONE_WAITS).await;
        server.clock.advance(TICK);
    };
    // 15 + 15 + 15 + 5 seconds.
    assert_eq!((told, &result(&answer)["status"]), (4, &json!("pending")));
}

#[tokio::test]
async fn who_gives_up_fetches_the_answer_later() {
    let server = Harness::new().await;
    let client = Client::hearing(&server);
    let mut stream = client.open(&call(&client, &json!({"title": "x", "wait_seconds": 100}))).await;
    stream.next().await.unwrap();
    let id = only_open(&server).await;
    drop(stream);
    let session = loop {
        let session = server.get(&format!("/api/sessions/{id}")).await.expect(200)["session"].clone();
        if session["waiting"] == false {
            break session;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(session["status"], "pending", "a closed stream is not a cancelled question");
    respond(&server, &id).await;
    let told = client.told("get_response", &json!({"request_id": id})).await;
    assert_eq!(told["status"], "completed");
}

#[tokio::test]
async fn a_deadline_ends_a_call_without_an_answer() {
    let server = Harness::new().await;
    let client = Client::hearing(&server).named("claude-code");
    let arguments = json!({"title": "x", "timeout_seconds": 10, "on_timeout": "default", "default_value": "cancel"});
    let mut stream = client.open(&call(&client, &arguments)).await;
    stream.next().await.unwrap();
    server.clock.asleep(ONE_WAITS).await;
    server.clock.advance(Duration::from_secs(10));
    let answer = stream.next().await.unwrap();
    let told = result(&answer);
    assert_eq!((&told["status"], &told["source"]), (&json!("timeout"), &json!("timeout")), "{answer}");
    assert_eq!(answer["result"]["isError"], false);
    let hint = told["hint"].as_str().unwrap();
    assert!(hint.contains("`response`") && hint.contains("no person's answer"), "{hint}");
}

#[tokio::test]
async fn a_stop_answers_who_waits() {
    let server = Harness::new().await;
    let client = Client::hearing(&server);
    let mut stream: Stream = client.open(&call(&client, &json!({"title": "x", "wait_seconds": 100}))).await;
    stream.next().await.unwrap();
    server.clock.asleep(ONE_WAITS).await;
    let (answer, ()) = join(stream.next(), server.app.stop()).await;
    assert_eq!(result(&answer.unwrap())["status"], "pending");
}

#[tokio::test]
async fn whoever_asks_again_is_left_to_the_next_server() {
    for tool in ["get_response", "permission_prompt"] {
        let server = Harness::new().await;
        let asks = Client::new(&server);
        let asked = asks.told("ask_human", &json!({"title": "x", "wait_seconds": 0})).await;
        let client = Client { comes_again: true, ..Client::hearing(&server) };
        let arguments = match tool {
            "get_response" => json!({"request_id": asked["request_id"], "wait_seconds": 100}),
            _ => json!({"tool_name": "Bash", "input": {}, "tool_use_id": "t"}),
        };
        let call = client.message(1, "tools/call", &json!({"name": tool, "arguments": arguments}));
        let mut stream = client.open(&call).await;
        stream.next().await.unwrap();
        server.clock.asleep(ONE_WAITS).await;
        let (answer, ()) = join(stream.next(), server.app.stop()).await;
        assert_eq!(answer.unwrap()["error"]["code"], STOPPING, "{tool}");
    }
}
