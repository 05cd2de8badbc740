//! The HTTP hook of Claude Code: it waits for a person, and says nothing where nobody decided.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, Reply};

const HOOK: &str = "/api/integrations/claude-code/hook";

/// Sleepers while nobody waits.
const LOOPS: usize = 4;

fn command() -> Value {
    json!({"hook_event_name": "PermissionRequest", "session_id": "c-1", "prompt_id": "p-1", "cwd": "/home/me/shop",
        "transcript_path": "/t", "permission_mode": "default", "tool_name": "Bash",
        "tool_input": {"command": "make deploy", "description": "Deploy", "timeout": 1.0},
        "permission_suggestions": [{"type": "setMode", "mode": "acceptEdits", "destination": "session"}]})
}

async fn hook(server: &Harness, event: Value) -> Reply {
    server.post(HOOK, &event).await
}

async fn all(server: &Harness) -> Vec<Value> {
    let listed = server.get("/api/sessions?status=all&sort=created_at").await.expect(200);
    listed["sessions"].as_array().unwrap().clone()
}

/// The address of the newest session, once somebody waits for it.
async fn asked(server: &Harness) -> String {
    server.clock.asleep(LOOPS + 1).await;
    format!("/api/sessions/{}", all(server).await.last().unwrap()["session_id"].as_str().unwrap())
}

async fn answer(server: &Harness, response: Value) {
    let path = asked(server).await;
    server.post(&format!("{path}/respond"), &json!({ "response": response })).await.expect(200);
}

fn decision(reply: &Reply) -> Value {
    let told = reply.expect(200);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(told["hookSpecificOutput"]["hookEventName"], "PermissionRequest");
    told["hookSpecificOutput"]["decision"].clone()
}

#[tokio::test]
async fn a_person_allows_edits_or_denies() {
    let server = Harness::new().await;
    let ask = hook(&server, command());
    let look = async {
        let path = asked(&server).await;
        let seen = server.get(&path).await.expect(200)["session"].clone();
        assert_eq!(
            (&seen["waiting"], &seen["asked_as"], &seen["workflow_id"]),
            (&json!(true), &json!("claude_code"), &json!("c-1"))
        );
        let action = &seen["interaction_data"]["actions"][0];
        assert_eq!((&action["kind"], &action["target"]), (&json!("Bash"), &json!("/home/me/shop")));
        // As long as a review, whatever it is asked as.
        assert_eq!(seen["interaction_data"]["timeout"], 1200);
        server.post(&format!("{path}/respond"), &json!({"response": {"action": "approve"}})).await.expect(200);
        path
    };
    let (reply, path) = tokio::join!(ask, look);
    assert_eq!(decision(&reply), json!({"behavior": "allow", "updatedInput": command()["tool_input"]}));
    let after = server.get(&path).await.expect(200);
    assert!(after["session"]["response"].get("resume").is_none());

    let edited = json!({"command": "make deploy DRY=1", "timeout": 2});
    let (reply, ()) =
        tokio::join!(hook(&server, command()), answer(&server, json!({"action": "approve", "edited": edited})));
    assert_eq!(decision(&reply), json!({"behavior": "allow", "updatedInput": edited}));

    let instead = json!({"action": "modify", "modification_instructions": "stage first"});
    let ask = server.call(
        Method::POST,
        HOOK,
        &[("content-type", "application/json"), ("accept-language", "en")],
        command().to_string(),
    );
    let (reply, ()) = tokio::join!(ask, answer(&server, instead));
    let told = decision(&reply);
    assert_eq!(told["behavior"], "deny");
    assert!(told["message"].as_str().unwrap().ends_with("stage first"), "{told}");
    assert!(told.get("updatedPermissions").is_none());
    assert_eq!(server.get(&path).await.expect(200)["session"]["delivery"]["by"], "waiter");
}

#[tokio::test]
async fn the_line_does_not_fall_silent() {
    let server = Harness::new().await;
    let look = async {
        for _ in 0..3 {
            server.clock.asleep(LOOPS + 1).await;
            server.clock.advance(Duration::from_secs(50));
        }
        answer(&server, json!({"action": "abort"})).await;
    };
    let (reply, ()) = tokio::join!(hook(&server, command()), look);
    assert!(reply.bytes.starts_with(b"   {"), "{}", String::from_utf8_lossy(&reply.bytes));
    assert_eq!(decision(&reply)["behavior"], "deny");
}

#[tokio::test]
async fn a_repeat_waits_for_the_same_session_while_it_is_open() {
    let server = Harness::new().await;
    let mut rewritten = command();
    rewritten["transcript_path"] = "/elsewhere".into();
    let look = async {
        server.clock.asleep(LOOPS + 2).await;
        assert_eq!(all(&server).await.len(), 1);
        answer(&server, json!({"action": "approve"})).await;
    };
    let (one, other, ()) = tokio::join!(hook(&server, command()), hook(&server, rewritten), look);
    assert_eq!(decision(&one), decision(&other));
    // A yes was for that one time: the same command again is asked again.
    let (reply, ()) = tokio::join!(hook(&server, command()), answer(&server, json!({"action": "abort"})));
    assert_eq!((decision(&reply)["behavior"].clone(), all(&server).await.len()), (json!("deny"), 2));
    let mut next = command();
    next["prompt_id"] = "p-2".into();
    let (_, ()) = tokio::join!(hook(&server, next), answer(&server, json!({"action": "abort"})));
    assert_eq!(all(&server).await.len(), 3);
}

#[tokio::test]
async fn whoever_hangs_up_ends_the_wait_alone() {
    let server = Harness::new().await;
    let path = tokio::select! {
        reply = hook(&server, command()) => panic!("{:?}", reply.status),
        path = asked(&server) => path,
    };
    let seen = server.get(&path).await.expect(200)["session"].clone();
    assert_eq!((&seen["status"], &seen["waiting"]), (&json!("pending"), &json!(false)));
    // Back again: the same session, and the answer that comes then.
    let (reply, ()) = tokio::join!(hook(&server, command()), answer(&server, json!({"action": "approve"})));
    assert_eq!((decision(&reply)["behavior"].clone(), all(&server).await.len()), (json!("allow"), 1));
}

#[tokio::test]
async fn where_nobody_decides_it_says_nothing() {
    let server = Harness::new().await;
    let late = async {
        server.clock.asleep(LOOPS + 1).await;
        server.clock.advance(Duration::from_mins(20));
    };
    let (reply, ()) = tokio::join!(hook(&server, command()), late);
    assert_eq!((reply.expect(200), all(&server).await[0]["status"].clone()), (json!({}), json!("timeout")));
    let cancel = async {
        let path = asked(&server).await;
        server.post(&format!("{path}/cancel"), &json!({"reason": "left"})).await.expect(200);
    };
    let (reply, ()) = tokio::join!(hook(&server, command()), cancel);
    assert_eq!(reply.expect(200), json!({}));
    let stop = async {
        server.clock.asleep(LOOPS + 1).await;
        server.app.stop().await;
    };
    let (reply, ()) = tokio::join!(hook(&server, command()), stop);
    assert_eq!(reply.expect(200), json!({}));
}

#[tokio::test]
async fn what_is_nothing_to_ask_opens_nothing() {
    let server = Harness::new().await;
    let elicit = |more: Value| {
        let mut event = json!({"hook_event_name": "Elicitation", "session_id": "c-1", "mcp_server_name": "db", "message": "Which?"});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    for event in [
        json!({}),
        json!({"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {}}),
        json!({"hook_event_name": "Stop"}),
        elicit(json!({"mode": "url", "url": "https://x.example/"})),
        elicit(json!({})),
        // No schema that may be used.
        elicit(json!({"requested_schema": {"$ref": "https://x.example/"}})),
    ] {
        assert_eq!(server.post(HOOK, &event).await.expect(200), json!({}), "{event}");
    }
    assert!(all(&server).await.is_empty());
    let wrong = json!({"hook_event_name": "PermissionRequest", "tool_input": "ls"});
    let problem = server.post(HOOK, &wrong).await.problem(422, "validation_failed");
    let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/tool_name", "/tool_input"]);
    server.post(HOOK, &json!([])).await.problem(422, "validation_failed");
    server.call(Method::POST, HOOK, &[("content-type", "application/json")], "{").await.problem(400, "malformed_json");
}

#[tokio::test]
async fn an_elicitation_is_a_form_and_keeps_its_types() {
    let server = Harness::new().await;
    let event = json!({"hook_event_name": "Elicitation", "session_id": "c-1", "mcp_server_name": "db", "mode": "form",
        "message": "Which replica?\nThe nearest is 2.",
        "requested_schema": {"type": "object", "properties": {"n": {"type": "integer", "title": "Replica"}}, "required": ["n"]}});
    let look = async {
        let path = asked(&server).await;
        let seen = server.get(&path).await.expect(200)["session"].clone();
        assert_eq!(seen["interaction_data"]["title"], "Which replica?");
        assert_eq!(seen["interaction_data"]["schema"], event["requested_schema"]);
        server
            .post(&format!("{path}/respond"), &json!({"response": {"n": "2"}}))
            .await
            .problem(422, "validation_failed");
        server.post(&format!("{path}/respond"), &json!({"response": {"n": 2}})).await.expect(200);
    };
    let (reply, ()) = tokio::join!(hook(&server, event.clone()), look);
    assert_eq!(
        reply.expect(200),
        json!({"hookSpecificOutput": {"hookEventName": "Elicitation", "action": "accept", "content": {"n": 2}}})
    );
}
