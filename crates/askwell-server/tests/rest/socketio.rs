use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, question, yes};
use crate::polling::Polling;

const TWENTY_MINUTES: Duration = Duration::from_mins(20);

fn review(request_id: &str) -> Value {
    json!({"request_id": request_id, "checkpoint_name": "PlanGeneration", "context_message": "**Look**",
        "node_id": "root", "current_attempt": 1, "data_for_review": {"steps": ["a", "b"]},
        "timestamp": "2025-06-17T10:30:00.123456"})
}

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

#[tokio::test]
async fn everybody_is_told_of_every_change_without_joining() {
    let server = Harness::new().await;
    let mut page = Polling::connect(&server).await;
    let greeting = page.expect("connected").await;
    assert_eq!(greeting["message"], "连接成功");
    assert_eq!(greeting["server_time"], "2026-01-01T00:00:00.000Z");
    let (first, second, third) =
        (server.open(&question()).await, server.open(&question()).await, server.open(&question()).await);
    let opened = page.expect("new_session").await;
    assert_eq!((&opened["session_id"], &opened["version"]), (&json!(id_of(&first)), &json!(1)));
    assert!(opened["cursor"].as_str().unwrap() > greeting["cursor"].as_str().unwrap());
    assert_eq!(opened["interaction_data"]["title"], "部署?");
    page.expect("new_session").await;
    page.expect("new_session").await;
    server.post(&format!("{first}/claim"), &json!({"user_id": "ann"})).await.expect(200);
    let updated = page.expect("session_updated").await;
    assert_eq!((&updated["type"], &updated["session"]["claimed_by"]), (&json!("claimed"), &json!("ann")));
    server.post(&format!("{first}/respond"), &yes("ann")).await.expect(200);
    let completed = page.expect("session_completed").await;
    assert_eq!(completed["session"]["response"]["response_data"], json!({"choice": "confirm"}));
    assert_eq!((&completed["version"], &completed["session_id"]), (&json!(3), &json!(id_of(&first))));
    server.post(&format!("{second}/cancel"), &json!({"reason": "no need"})).await.expect(200);
    assert_eq!(page.expect("session_cancelled").await["reason"], "no need");
    server.advance(Duration::from_mins(5)).await;
    let expired = page.expect("session_timeout").await;
    assert_eq!((&expired["session_id"], &expired["session"]["status"]), (&json!(id_of(&third)), &json!("timeout")));
}

#[tokio::test]
async fn an_acknowledgement_is_what_rest_answers() {
    let server = Harness::new().await;
    let mut page = Polling::connect(&server).await;
    let (path, other) = (server.open(&question()).await, server.open(&question()).await);
    let id = id_of(&path);
    let wrong = json!({"session_id": id, "response": {"choice": "maybe"}});
    let mut over_socket = page.call("respond", wrong.clone()).await;
    let mut over_rest = server.post(&format!("{path}/respond"), &wrong).await.problem(422, "validation_failed");
    over_socket["request_id"].take();
    over_rest["request_id"].take();
    assert_eq!(over_socket, over_rest);
    let answered = page.call("respond", json!({"session_id": id, "response": {"choice": "confirm"}})).await;
    let again = server.post(&format!("{path}/respond"), &json!({"response": {"choice": "confirm"}})).await.expect(200);
    assert_eq!(answered, again);
    let late = page.call("respond", json!({"session_id": id, "response": {"choice": "cancel"}})).await;
    assert_eq!((&late["code"], &late["closed_by"]), (&json!("session_closed"), &json!("local")));
    let cancelled = page.call("cancel", json!({"session_id": id_of(&other), "reason": "x"})).await;
    assert_eq!((&cancelled["message"], &cancelled["session"]["status"]), (&json!("会话已取消"), &json!("cancelled")));
    for (name, payload, code) in [
        ("respond", json!({"session_id": id}), "missing_field"),
        ("respond", json!({"response": {}}), "missing_field"),
        ("respond", json!({"session_id": "x", "response": {}}), "session_not_found"),
        ("respond", json!([]), "validation_failed"),
        ("cancel", Value::Null, "validation_failed"),
        ("join_session", json!({"session_id": "00000000-0000-7000-8000-000000000000"}), "session_not_found"),
        ("subscribe", json!({"after": "nonsense"}), "invalid_cursor"),
        ("viewing", json!({"session_id": 7}), "session_not_found"),
        ("hitl_request", json!({"request_id": "x"}), "missing_field"),
        ("made_up", json!({}), "unknown_event"),
    ] {
        let told = page.call(name, payload.clone()).await;
        assert_eq!((&told["success"], &told["code"]), (&json!(false), &json!(code)), "{name} {payload}");
    }
}

#[tokio::test]
async fn without_an_acknowledgement_a_problem_is_an_event() {
    let server = Harness::new().await;
    let mut page = Polling::connect(&server).await;
    page.expect("connected").await;
    for (text, code) in [
        (r#"["made_up",{}]"#, "unknown_event"),
        (r#"["respond","text"]"#, "validation_failed"),
        (r#"["respond"]"#, "validation_failed"),
        (r#"["respond",{"response":{},"response":{}}]"#, "duplicate_key"),
        (r#"["respond",{"response":123456789012345678901234567890}]"#, "number_out_of_range"),
        (&format!(r#"["respond",{{"response":{}{}}}]"#, "[".repeat(100), "]".repeat(100)), "too_deep"),
    ] {
        page.emit_text(text).await;
        let error = page.expect("hitl_error").await;
        assert_eq!(error["code"], code, "{text}");
        assert!(!error["message"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn whoever_was_away_catches_up_without_a_hole_or_a_double() {
    let server = Harness::new().await;
    let mut page = Polling::connect(&server).await;
    let cursor = page.expect("connected").await["cursor"].clone();
    let first = server.open(&question()).await;
    page.expect("new_session").await;
    server.post(&format!("{first}/respond"), &yes("ann")).await.expect(200);
    let second = server.open(&question()).await;
    // One that comes back and says where it was.
    let mut back = Polling::connect_with(&server, json!({ "after": cursor })).await;
    assert_eq!(back.expect("connected").await["cursor"], cursor);
    assert_eq!(back.expect("new_session").await["session_id"], id_of(&first));
    assert_eq!(back.expect("session_completed").await["session_id"], id_of(&first));
    assert_eq!(back.expect("new_session").await["session_id"], id_of(&second));
    let third = server.open(&question()).await;
    assert_eq!(back.expect("new_session").await["session_id"], id_of(&third));
    // One that says so later.
    let mut late = Polling::connect(&server).await;
    late.expect("connected").await;
    assert_eq!(late.call("subscribe", json!({ "after": cursor })).await, json!({"success": true, "cursor": cursor}));
    for (name, path) in
        [("new_session", &first), ("session_completed", &first), ("new_session", &second), ("new_session", &third)]
    {
        assert_eq!(late.expect(name).await["session_id"], id_of(path));
    }
    // One with a cursor of another server goes on live, and knows.
    let mut lost = Polling::connect_with(&server, json!({"after": "nonsense"})).await;
    lost.expect("connected").await;
    assert_eq!(lost.expect("hitl_error").await["code"], "invalid_cursor");
    server.open(&question()).await;
    lost.expect("new_session").await;
}

#[tokio::test]
async fn a_client_hears_of_what_it_asked_for_alone() {
    let server = Harness::new().await;
    let (wanted, other) = (server.open(&question()).await, server.open(&question()).await);
    let mut agent = Polling::connect_with(&server, json!({"only": "joined"})).await;
    agent.expect("connected").await;
    let id = id_of(&wanted);
    assert_eq!(agent.call("join_session", json!({"session_id": id})).await, json!({"success": true, "session_id": id}));
    assert_eq!(agent.expect("joined_session").await, json!({"session_id": id}));
    let waited_for = async |path: &str| server.get(path).await.expect(200)["session"]["waiting"].clone();
    assert_eq!((waited_for(&wanted).await, waited_for(&other).await), (json!(true), json!(false)));
    server.post(&format!("{other}/respond"), &yes("ann")).await.expect(200);
    server.post(&format!("{wanted}/respond"), &yes("ann")).await.expect(200);
    assert_eq!(agent.expect("session_completed").await["session_id"], id);
    let mut of_one = Polling::connect(&server).await;
    of_one.expect("connected").await;
    assert_eq!(of_one.call("subscribe", json!({"workflow_id": "w"})).await["success"], true);
    server.open(&question()).await;
    let mut asked = question();
    asked["workflow_id"] = json!("w");
    let of_w = server.open(&asked).await;
    assert_eq!(of_one.expect("new_session").await["session_id"], id_of(&of_w));
    assert_eq!(of_one.call("leave_session", json!({"session_id": id})).await["success"], true);
    of_one.expect("left_session").await;
}

#[tokio::test]
async fn who_looks_is_seen_until_they_look_away() {
    let server = Harness::new().await;
    let path = server.open(&question()).await;
    let mut page = Polling::connect(&server).await;
    page.expect("connected").await;
    let mut other = Polling::connect(&server).await;
    other.expect("connected").await;
    let looks = json!({"session_id": id_of(&path), "user_id": "mei"});
    assert_eq!(other.call("viewing", looks).await["success"], true);
    let seen = page.expect("presence").await;
    let mei = json!([{"name": "mei", "since": "2026-01-01T00:00:00.000Z"}]);
    assert_eq!(seen, json!({"session_id": id_of(&path), "viewers": mei}));
    let mut late = Polling::connect(&server).await;
    late.expect("connected").await;
    assert_eq!(late.expect("presence").await, seen);
    other.call("viewing", json!({"session_id": null})).await;
    assert_eq!(page.expect("presence").await["viewers"], json!([]));
}

#[tokio::test]
async fn an_agent_asks_over_the_socket_and_is_told_the_answer_once() {
    let server = Harness::new().await;
    let mut page = Polling::connect(&server).await;
    page.expect("connected").await;
    let mut agent = Polling::connect_with(&server, json!({"only": "joined"})).await;
    agent.expect("connected").await;
    let asked = agent.call("hitl_request", review("r-1")).await;
    assert_eq!((&asked["success"], &asked["request_id"]), (&json!(true), &json!("r-1")));
    assert_eq!(page.expect("new_session").await["request_id"], "r-1");
    let shown = page.expect("hitl_request").await;
    let expected = review("r-1");
    for key in ["request_id", "checkpoint_name", "context_message", "data_for_review", "node_id", "current_attempt"] {
        assert_eq!(shown[key], expected[key], "{key}");
    }
    assert!(shown["timestamp"].is_string());
    // The original's agents ask again and again: nothing new is opened, everybody is told once more.
    assert_eq!(agent.call("hitl_request", review("r-1")).await, asked);
    assert_eq!(page.expect("hitl_request").await["session_id"], shown["session_id"]);
    // Neither an unknown action nor a missing instruction is an approval.
    for (wrong, code) in [
        (json!({"request_id": "r-1", "action": "yes"}), "validation_failed"),
        (json!({"request_id": "r-1"}), "validation_failed"),
        (json!({"request_id": "r-1", "action": "modify", "modification_instructions": " "}), "validation_failed"),
        (json!({"request_id": "r-2", "action": "approve"}), "session_not_found"),
        (json!({"action": "approve"}), "validation_failed"),
    ] {
        page.emit("hitl_response", wrong.clone()).await;
        let error = page.expect("hitl_error").await;
        assert_eq!(error["code"], code, "{wrong}");
        assert_eq!(error.get("request_id"), wrong.get("request_id"));
    }
    let sent_back = json!({"request_id": "r-1", "action": "modify", "modification_instructions": "Fewer steps",
        "step_comments": {"1": "drop"}, "checkpoint_name": "PlanGeneration"});
    assert_eq!(page.call("hitl_response", sent_back).await, json!({"success": true, "request_id": "r-1"}));
    let told = agent.expect("hitl_response").await;
    assert_eq!(told["user_choice"], "request_modification");
    assert_eq!(told["modification_instructions"], "Fewer steps\nStep 2: drop");
    assert_eq!(told["message"], "User requested modification for checkpoint 'PlanGeneration'");
    // Once: what comes next is the answer to something else.
    let next = agent.call("hitl_request", review("r-2")).await;
    agent.call("hitl_response", json!({"request_id": "r-2", "action": "approve"})).await;
    assert_eq!(agent.expect("hitl_response").await["session_id"], next["session_id"]);
    // Whoever asks again after the answer gets it at once, in another process, too.
    let mut again = Polling::connect_with(&server, json!({"only": "joined"})).await;
    again.expect("connected").await;
    again.emit("hitl_request", review("r-1")).await;
    let mut once_more = again.expect("hitl_response").await;
    // It stands elsewhere in the feed.
    once_more["cursor"] = told["cursor"].clone();
    assert_eq!(once_more, told);
    let mut other = review("r-1");
    other["data_for_review"] = json!({});
    assert_eq!(again.call("hitl_request", other).await["code"], "request_id_reused");
    assert_eq!(again.expect("hitl_error").await["request_id"], "r-1");
    let session = server.get(&format!("/api/sessions/{}", told["session_id"].as_str().unwrap())).await.expect(200);
    assert_eq!(session["session"]["delivery"]["by"], "waiter");
}

#[tokio::test]
async fn silence_is_a_timeout_and_a_cancellation_an_abort() {
    let server = Harness::new().await;
    let mut agent = Polling::connect(&server).await;
    agent.expect("connected").await;
    agent.emit("hitl_request", review("late")).await;
    let opened = agent.expect("new_session").await;
    assert_eq!(opened["expires_at"], "2026-01-01T00:20:00.000Z");
    agent.expect("hitl_request").await;
    agent.emit("hitl_request", review("gone")).await;
    let gone = agent.expect("new_session").await["session_id"].clone();
    agent.expect("hitl_request").await;
    agent.call("cancel", json!({"session_id": gone, "reason": "superseded"})).await;
    // Whoever asked is told beside the feed where it ended while they asked: before it, or after.
    let mut came = [agent.next().await, agent.next().await];
    came.sort_by(|(one, _), (other, _)| one.cmp(other));
    let [(first, told), (second, _)] = came;
    assert_eq!((first.as_str(), second.as_str()), ("hitl_response", "session_cancelled"));
    assert_eq!((&told["user_choice"], &told["request_id"]), (&json!("aborted"), &json!("gone")));
    assert!(told["message"].as_str().unwrap().contains("superseded"));
    server.advance(TWENTY_MINUTES).await;
    agent.expect("session_timeout").await;
    let timeout = agent.expect("hitl_timeout").await;
    let told = agent.expect("hitl_response").await;
    assert_eq!((&told["user_choice"], &told["request_id"]), (&json!("timeout"), &json!("late")));
    assert_eq!(
        (&timeout["request_id"], &timeout["checkpoint_name"], &timeout["node_id"], &timeout["timestamp"]),
        (&json!("late"), &json!("PlanGeneration"), &json!("root"), &json!("2026-01-01T00:20:00.000Z"))
    );
}

#[tokio::test]
async fn whoever_connects_is_told_of_all_open_reviews() {
    let server = Harness::new().await;
    for number in 0..250 {
        server.post("/api/system/hitl-request", &review(&format!("r-{number}"))).await.expect(200);
    }
    server.post("/api/system/hitl-response", &json!({"request_id": "r-7", "action": "abort"})).await.expect(200);
    let by_rest = json!({"interaction_data": {"interaction_type": "review", "title": {"en": "Plan", "zh-CN": "计划"}}});
    let by_rest = server.open(&by_rest).await;
    server.open(&question()).await;
    let mut page = Polling::connect(&server).await;
    page.expect("connected").await;
    for number in (0..250).filter(|number| *number != 7) {
        assert_eq!(page.expect("hitl_request").await["request_id"], format!("r-{number}"));
    }
    let last = page.expect("hitl_request").await;
    assert_eq!((&last["request_id"], &last["checkpoint_name"]), (&json!(id_of(&by_rest)), &json!("计划")));
    assert_eq!((&last["current_attempt"], &last["node_id"]), (&json!(1), &Value::Null));
    page.call("hitl_response", json!({"request_id": id_of(&by_rest), "action": "approve"})).await;
    assert_eq!(page.expect("session_completed").await["session_id"], id_of(&by_rest));
}

#[tokio::test]
async fn a_review_that_opens_while_a_client_comes_is_told_in_order_and_once() {
    let server = Harness::new().await;
    for number in 0..40 {
        let name = format!("r-{number}");
        let opens = async { server.post("/api/system/hitl-request", &review(&name)).await.expect(200) };
        let (mut page, _) = tokio::join!(Polling::connect(&server), opens);
        page.expect("connected").await;
        // Whatever comes of this one, between the greeting and what is said now, comes before it.
        let all = page.all_until("new_session", id_of(&server.open(&question()).await)).await;
        let order: Vec<_> = all
            .lines()
            .filter(|line| line.contains(&format!("\"{name}\"")))
            .filter_map(|line| line.split(' ').next())
            .collect();
        let told = matches!(&*order, ["hitl_request"] | ["new_session", "hitl_request"]);
        assert!(told, "{name}: {order:?}: {all}");
    }
}

#[tokio::test]
async fn foreign_pages_and_too_large_payloads_are_refused() {
    let server = Harness::new().await;
    let path = "/socket.io/?EIO=4&transport=polling";
    let origin = [("origin", "https://evil.example")];
    server.call(Method::GET, path, &origin, "").await.problem(403, "origin_not_allowed");
    server.call(Method::GET, path, &[("host", "evil.example")], "").await.problem(403, "host_not_allowed");
    let allowed = server.call(Method::GET, path, &[("origin", "http://localhost:3000")], "").await;
    assert_eq!(allowed.header("access-control-allow-origin"), "http://localhost:3000");
    let mut page = Polling::connect(&server).await;
    page.expect("connected").await;
    page.emit("respond", json!({"x": "y".repeat(500 << 10)})).await;
    assert_eq!(page.expect("hitl_error").await["code"], "missing_field");
    assert_ne!(page.try_emit("respond", json!({"x": "y".repeat(5 << 20)})).await, 200);
    let sid_of_nobody = format!("{path}&sid=AAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(server.get(&sid_of_nobody).await.status, 400);
}
