//! Claude Code's permission prompt, as a tool.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Client, Stream};
use crate::harness::Harness;

const ONE_WAITS: usize = 5;

fn call(client: &Client<'_>, use_of: &str) -> Value {
    let arguments = json!({"tool_name": "Bash", "input": {"command": "make deploy"}, "tool_use_id": use_of});
    client.message(1, "tools/call", &json!({"name": "permission_prompt", "arguments": arguments}))
}

/// The answer, past the progress.
async fn answer(stream: &mut Stream) -> Value {
    loop {
        let message = stream.next().await.unwrap();
        if message["method"].is_null() {
            return message;
        }
    }
}

/// What Claude Code is told, which is one block of text and nothing else.
fn behaviour(answer: &Value) -> Value {
    let result = &answer["result"];
    assert!(result["structuredContent"].is_null() && result["isError"] != true, "{answer}");
    let content = result["content"].as_array().unwrap();
    assert_eq!((content.len(), &content[0]["type"]), (1, &json!("text")), "{answer}");
    serde_json::from_str(content[0]["text"].as_str().unwrap()).unwrap()
}

async fn only_open(server: &Harness) -> String {
    let page = server.get("/api/sessions").await.expect(200);
    assert_eq!(page["total"], 1);
    page["sessions"][0]["session_id"].as_str().unwrap().to_owned()
}

async fn respond(server: &Harness, id: &str, response: Value) {
    let path = format!("/api/sessions/{id}/respond");
    server.post(&path, &json!({"response": response, "user_id": "ann"})).await.expect(200);
}

#[tokio::test]
async fn a_person_allows_edits_or_denies() {
    let server = Harness::new().await;
    // Even a client that takes tasks is told at the end alone.
    let client = Client::hearing(&server).with_tasks().named("claude-code");
    let edited = json!({"command": "make check"});
    for (number, (response, allowed)) in [
        (json!({"action": "approve"}), Some(json!({"command": "make deploy"}))),
        (json!({"action": "approve", "edited": edited}), Some(edited.clone())),
        (json!({"action": "abort"}), None),
    ]
    .into_iter()
    .enumerate()
    {
        let mut stream = client.open(&call(&client, &format!("t{number}"))).await;
        stream.next().await.unwrap();
        respond(&server, &only_open(&server).await, response).await;
        let told = behaviour(&answer(&mut stream).await);
        assert_eq!(told["behavior"], if allowed.is_some() { "allow" } else { "deny" }, "{told}");
        assert_eq!(told["updatedInput"], allowed.unwrap_or_default());
    }
}

#[tokio::test]
async fn silence_and_cancelling_deny_and_name_the_page() {
    let server = Harness::new().await;
    let client = Client::hearing(&server).named("claude-code");
    let mut stream = client.open(&call(&client, "late")).await;
    stream.next().await.unwrap();
    let id = only_open(&server).await;
    // The session's own deadline: twenty minutes here.
    for _ in 1..80 {
        server.clock.asleep(ONE_WAITS).await;
        server.clock.advance(Duration::from_secs(15));
        assert_eq!(stream.next().await.unwrap()["method"], "notifications/progress");
    }
    server.clock.asleep(ONE_WAITS).await;
    server.clock.advance(Duration::from_secs(15));
    let told = behaviour(&answer(&mut stream).await);
    assert!(told["behavior"] == "deny" && told["message"].as_str().unwrap().contains(&id), "{told}");

    let mut stream = client.open(&call(&client, "cancelled")).await;
    stream.next().await.unwrap();
    let id = only_open(&server).await;
    server.post(&format!("/api/sessions/{id}/cancel"), &json!({})).await.expect(200);
    let told = behaviour(&answer(&mut stream).await);
    assert!(told["behavior"] == "deny" && told["message"].as_str().unwrap().contains(&id), "{told}");
}

#[tokio::test]
async fn a_client_that_hears_nothing_is_denied_in_time_and_a_repeat_goes_on() {
    let server = Harness::new().await;
    let client = Client::new(&server).named("claude-code");
    let message = call(&client, "t");
    let waits = async { answer(&mut client.open(&message).await).await };
    let passes = async {
        server.clock.asleep(ONE_WAITS).await;
        server.clock.advance(Duration::from_secs(50));
    };
    let (first, ()) = futures::future::join(waits, passes).await;
    let told = behaviour(&first);
    let id = only_open(&server).await;
    assert!(told["behavior"] == "deny" && told["message"].as_str().unwrap().contains(&format!("/r/{id}")), "{told}");
    respond(&server, &id, json!({"action": "approve"})).await;
    let told = behaviour(&answer(&mut client.open(&message).await).await);
    assert_eq!(told["behavior"], "allow", "the same use of the tool finds its answer");
    assert_eq!(server.get("/api/sessions?status=all").await.expect(200)["sessions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nonsense_is_denied() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    for arguments in [json!({}), json!({"tool_name": "Bash"}), json!({"tool_name": 1, "input": 1, "tool_use_id": []})] {
        let answered = client.ask("tools/call", &json!({"name": "permission_prompt", "arguments": arguments})).await;
        assert_eq!(behaviour(&answered)["behavior"], "deny", "{arguments}");
    }
}

#[tokio::test]
async fn a_question_has_as_much_time_as_a_review() {
    let server = Harness::new().await;
    let client = Client::hearing(&server).named("claude-code");
    let questions = json!([{"question": "Which?", "header": "Which", "multiSelect": false,
        "options": [{"label": "a", "description": ""}, {"label": "b", "description": ""}]}]);
    let arguments =
        json!({"tool_name": "AskUserQuestion", "input": {"questions": questions}, "tool_use_id": "toolu_q"});
    let message = client.message(1, "tools/call", &json!({"name": "permission_prompt", "arguments": arguments}));
    let mut stream = client.open(&message).await;
    stream.next().await.unwrap();
    let id = only_open(&server).await;
    let session = server.get(&format!("/api/sessions/{id}")).await.expect(200);
    assert_eq!(session["session"]["interaction_data"]["timeout"], 1_200);
}
