//! Asking a client to open the page: only where the owner wants it and the client can.

use askwell_server::{Elicitation, McpOptions, ServerOptions};
use futures::future::join;
use serde_json::{Value, json};

use super::client::Client;
use crate::harness::Harness;

async fn eliciting() -> Harness {
    let mcp = McpOptions { elicitation: Elicitation::Url, ..McpOptions::default() };
    Harness::with(ServerOptions { mcp, ..ServerOptions::default() }).await
}

fn able(client: Client<'_>) -> Client<'_> {
    Client { capabilities: json!({"elicitation": {"url": {}}}), ..client }
}

async fn respond(server: &Harness, id: &str) {
    let body = json!({"response": {"choice": "confirm"}, "user_id": "ann"});
    server.post(&format!("/api/sessions/{id}/respond"), &body).await.expect(200);
}

async fn all(server: &Harness) -> Vec<Value> {
    server.get("/api/sessions?status=all").await.expect(200)["sessions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_stateless_client_is_asked_to_open_the_page_and_comes_back() {
    let server = eliciting().await;
    let client = able(Client::new(&server));
    let mut params = json!({"name": "ask_human", "arguments": {"title": "x"}});
    let first = client.ask("tools/call", &params).await["result"].clone();
    assert_eq!(first["resultType"], "input_required", "{first}");
    let state = first["requestState"].as_str().unwrap().to_owned();
    let (_, asked) = first["inputRequests"].as_object().unwrap().iter().next().unwrap();
    assert_eq!((&asked["method"], &asked["params"]["mode"]), (&json!("elicitation/create"), &json!("url")));
    assert!(asked["params"]["url"].as_str().unwrap().ends_with(&format!("/r/{state}")), "{asked}");
    // Whatever became of it, the question waits for a person.
    params["requestState"] = json!(state);
    params["inputResponses"] = json!({"open": {"action": "cancel"}});
    respond(&server, &state).await;
    let second = client.ask("tools/call", &params).await["result"].clone();
    assert_eq!(second["structuredContent"]["request_id"], state, "{second}");
    assert_eq!(second["structuredContent"]["status"], "completed");
    assert_eq!(all(&server).await.len(), 1, "it was asked once");
    // A state of another question leads nowhere.
    params["arguments"]["title"] = json!("delete everything");
    params["arguments"]["wait_seconds"] = json!(0);
    let other = client.ask("tools/call", &params).await["result"].clone();
    assert_ne!(other["structuredContent"]["request_id"], state);
}

#[tokio::test]
async fn an_older_client_is_asked_while_the_call_goes_on() {
    let server = eliciting().await;
    let client = able(Client::hearing(&server)).legacy("2025-11-25").await;
    let message = client.message(1, "tools/call", &json!({"name": "ask_human", "arguments": {"title": "x"}}));
    let mut stream = client.open(&message).await;
    let asked = loop {
        let message = stream.next().await.unwrap();
        if message["method"] == "elicitation/create" {
            break message;
        }
    };
    let url = asked["params"]["url"].as_str().unwrap();
    let id = url.rsplit('/').next().unwrap();
    let declines = json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "decline"}});
    assert_eq!(client.post(&declines, &[]).await.status, 202);
    assert_eq!(server.get(&format!("/api/sessions/{id}")).await.expect(200)["status"], "pending");
    let answers = async {
        loop {
            let message = stream.next().await.unwrap();
            if message["method"].is_null() {
                break message;
            }
        }
    };
    let (answer, ()) = join(answers, respond(&server, id)).await;
    assert_eq!(answer["result"]["structuredContent"]["status"], "completed", "{answer}");
}

#[tokio::test]
async fn nobody_is_asked_who_cannot_or_where_it_is_off() {
    let off = Harness::new().await;
    let on = eliciting().await;
    for (server, capabilities) in [
        (&off, json!({"elicitation": {"url": {}}})),
        (&on, json!({})),
        (&on, json!({"elicitation": {}})),
        (&on, json!({"elicitation": {"form": {}}})),
    ] {
        let client = Client { capabilities: capabilities.clone(), ..Client::hearing(server) };
        let params = json!({"name": "ask_human", "arguments": {"title": "x"}});
        let mut stream = client.open(&client.message(1, "tools/call", &params)).await;
        let first = stream.next().await.unwrap();
        assert_eq!(first["method"], "notifications/progress", "{capabilities}: {first}");
    }
}
