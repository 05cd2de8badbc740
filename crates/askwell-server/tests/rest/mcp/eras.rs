//! Saying hello, of every revision, and what is offered.

use axum::http::Method;
use serde_json::{Value, json};

use super::client::{Client, STATELESS};
use crate::harness::Harness;

const LEGACY: [&str; 3] = ["2025-03-26", "2025-06-18", "2025-11-25"];

fn names(answer: &Value, list: &str) -> Vec<String> {
    let all = answer["result"][list].as_array().unwrap();
    all.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_stateless_revision_is_discovered() {
    let server = Harness::new().await;
    let answer = Client::new(&server).ask("server/discover", &json!({})).await;
    let result = &answer["result"];
    assert_eq!(result["resultType"], "complete", "{answer}");
    assert!(result["supportedVersions"].as_array().unwrap().contains(&json!(STATELESS)));
    assert!(result["instructions"].as_str().unwrap().contains("get_response"));
    assert!(result["capabilities"]["extensions"]["io.modelcontextprotocol/tasks"].is_object());
    assert!(result["capabilities"]["logging"].is_null(), "{answer}");
}

#[tokio::test]
async fn older_revisions_are_initialized() {
    let server = Harness::new().await;
    for version in LEGACY {
        let client = Client::new(&server).legacy(version).await;
        let session = client.session.clone().unwrap();
        assert!(session.len() >= 32, "{session}");
        let listed = client.ask("tools/list", &json!({})).await;
        assert_eq!(names(&listed, "tools").first().map(String::as_str), Some("ask_human"), "{version}");
    }
}

#[tokio::test]
async fn both_eras_see_the_same_tools() {
    let server = Harness::new().await;
    let new = Client::new(&server).ask("tools/list", &json!({})).await;
    let old = Client::new(&server).legacy("2025-11-25").await.ask("tools/list", &json!({})).await;
    assert_eq!(new["result"]["tools"], old["result"]["tools"]);
    let tools = new["result"]["tools"].as_array().unwrap();
    for tool in tools {
        let name = tool["name"].as_str().unwrap();
        let annotations = &tool["annotations"];
        assert_eq!(annotations["readOnlyHint"], name != "cancel_request", "{name}");
        assert_eq!((&annotations["openWorldHint"], &annotations["destructiveHint"]), (&json!(true), &json!(false)));
        assert!(tool["description"].as_str().unwrap().len() > 20 && tool["title"].is_string(), "{name}");
    }
}

#[tokio::test]
async fn no_tool_answers() {
    let server = Harness::new().await;
    let listed = Client::new(&server).ask("tools/list", &json!({})).await;
    for name in names(&listed, "tools") {
        for word in ["respond", "answer", "decide", "claim", "approve_"] {
            assert!(!name.contains(word), "{name}");
        }
    }
}

#[tokio::test]
async fn what_is_not_offered_is_not_there() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    for method in ["logging/setLevel", "sampling/createMessage", "nothing/here"] {
        assert_eq!(client.ask(method, &json!({})).await["error"]["code"], -32_601, "{method}");
    }
    let unknown = client.ask("tools/call", &json!({"name": "respond", "arguments": {}})).await;
    assert_eq!(unknown["error"]["code"], -32_602, "{unknown}");
}

#[tokio::test]
async fn a_page_of_another_origin_is_kept_out() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    let message = client.message(1, "tools/list", &json!({}));
    for bad in [("origin", "https://evil.example"), ("host", "evil.example")] {
        assert_eq!(client.post(&message, &[bad]).await.status, 403, "{bad:?}");
    }
    assert_eq!(client.post(&message, &[("origin", "http://localhost:6274")]).await.status, 200);
    let asks = [("origin", "http://localhost:6274"), ("access-control-request-method", "POST")];
    let preflight = server.call(Method::OPTIONS, "/mcp", &asks, "").await;
    assert!(preflight.header("access-control-allow-headers").contains("mcp-protocol-version"));
}

#[tokio::test]
async fn what_is_no_message_is_refused_by_its_place() {
    let server = Harness::new().await;
    let headers = [("content-type", "application/json"), ("accept", "application/json, text/event-stream")];
    let twice = r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"ping"}"#;
    for body in ["", "{", twice, "[1"] {
        let reply = server.call(Method::POST, "/mcp", &headers, body.to_owned()).await;
        let body = reply.expect(400);
        assert_eq!(body["error"]["code"], -32_700, "{body}");
    }
    // What is JSON, but more than is taken, is answered so that whoever waits for it can go on.
    let large =
        r#"{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"ask_human","arguments":{"title":1e20}}}"#;
    let body = server.call(Method::POST, "/mcp", &headers, large.to_owned()).await.expect(200);
    assert_eq!((&body["id"], &body["result"]["isError"]), (&json!(9), &json!(true)), "{body}");
    let text = body["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("/params/arguments/title") && text.contains("number_out_of_range"), "{text}");
    for body in ["[]", "1", "{}", r#"{"jsonrpc":"2.0","id":1,"method":5}"#] {
        let status = server.call(Method::POST, "/mcp", &headers, body.to_owned()).await.status;
        assert!((400..500).contains(&status), "{body}: {status}");
    }
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20));
    server.call(Method::POST, "/mcp", &headers, large).await.problem(413, "payload_too_large");
}
