//! What a create takes, and how a repeat of it is recognised.

use std::time::Duration;

use askwell_server::ServerOptions;
use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, Reply, question, yes};

/// Sends a create as text, with a key in the header.
async fn create(server: &Harness, key: &str, body: &str) -> Reply {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    server.call(Method::POST, "/api/sessions", &headers, body.to_owned()).await
}

/// What a session was opened with, in its normal form.
async fn asked(server: &Harness, body: Value) -> Value {
    server.post("/api/sessions", &body).await.expect(200)["session"]["interaction_data"].clone()
}

#[tokio::test]
async fn a_repeat_finds_its_session_even_when_closed() {
    let server = Harness::new().await;
    let body = r#"{"interaction_data":{"interaction_type":"confirmation","title":"t"},"metadata":{"a":1,"b":2}}"#;
    let first = create(&server, "k", body).await.expect(200)["session_id"].clone();
    let path = format!("/api/sessions/{}", first.as_str().unwrap());
    server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200);
    server.advance(Duration::from_hours(48)).await;
    // Neither the order of keys, nor the spelling of numbers and texts, nor where the key stands makes another body.
    let shuffled = r#"{ "metadata": {"b":2.0, "a":1e0}, "interaction_data": {"title":"\u0074", "interaction_type":"confirmation"} }"#;
    let again = create(&server, "k", shuffled).await.expect(200);
    assert_eq!((&again["session_id"], &again["session"]["status"]), (&first, &json!("completed")));
    assert_eq!(again["session"]["response"]["user_id"], "ann");
    let mut inside: Value = serde_json::from_str(body).unwrap();
    inside["idempotency_key"] = json!("k");
    assert_eq!(server.post("/api/sessions", &inside).await.expect(200)["session_id"], first);
    // The header goes before the key in the body.
    assert_ne!(create(&server, "other", &inside.to_string()).await.expect(200)["session_id"], first);
    for other in [body.replace("\"t\"", "\"T\""), body.replace(":1,", ":\"1\","), body.replace("\"b\":2", "\"b\":3")] {
        create(&server, "k", &other).await.problem(422, "idempotency_mismatch");
    }
    assert_eq!(server.get("/api/sessions?status=all").await.expect(200)["sessions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn many_repeats_at_once_open_one() {
    let server = Harness::new().await;
    let body = question().to_string();
    let replies = futures::future::join_all((0..20).map(|_| create(&server, "k", &body))).await;
    let ids: std::collections::HashSet<String> =
        replies.iter().map(|reply| reply.expect(200)["session_id"].to_string()).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(server.get("/api/sessions").await.expect(200)["total"], 1);
}

#[tokio::test]
async fn integers_of_64_bits_are_exact() {
    let server = Harness::new().await;
    let body = |number: &str| {
        format!(
            r#"{{"interaction_data":{{"interaction_type":"review","title":"t","data_for_review":{{"n":{number}}}}},
               "metadata":{{"n":{number}}}}}"#
        )
    };
    let mut hashes = Vec::new();
    for number in ["18446744073709551615", "18446744073709551614", "-9223372036854775808", "9007199254740993"] {
        let opened = create(&server, number, &body(number)).await;
        let session = opened.expect(200)["session"].clone();
        assert_eq!(session["metadata"]["n"].to_string(), number);
        assert_eq!(session["interaction_data"]["data_for_review"]["n"].to_string(), number);
        let stored =
            server.get(&format!("/api/sessions/{}", session["session_id"].as_str().unwrap())).await.expect(200);
        assert_eq!(stored["session"]["metadata"], session["metadata"]);
        let feed = server.get("/api/events?limit=500").await.expect(200);
        let last = feed["events"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["session"]["metadata"]["n"].to_string(), number);
        hashes.push(session["content_hash"].clone());
    }
    // Neighbours that a float would make equal are told apart, as content and as a repeat.
    hashes.dedup();
    assert_eq!(hashes.len(), 4);
    create(&server, "18446744073709551615", &body("18446744073709551614")).await.problem(422, "idempotency_mismatch");
    create(&server, "9007199254740993", &body("9007199254740992")).await.problem(422, "idempotency_mismatch");
    for number in ["18446744073709551616", "-9223372036854775809"] {
        let refused = create(&server, "x", &body(number)).await.problem(422, "number_out_of_range");
        assert_eq!(refused["errors"][0]["pointer"], "/interaction_data/data_for_review/n");
    }
}

#[tokio::test]
async fn null_is_absent() {
    let server = Harness::new().await;
    let mut body = question();
    for key in ["workflow_id", "callback_url", "on_timeout", "metadata", "tags", "priority", "risk", "assignee"] {
        body[key] = Value::Null;
    }
    for key in ["candidates", "extendable_seconds", "idempotency_key", "unheard_of"] {
        body[key] = Value::Null;
    }
    for key in ["fields", "options", "default_value", "timeout", "multiple", "consequences", "actions", "odd"] {
        body["interaction_data"][key] = Value::Null;
    }
    let opened = server.post("/api/sessions", &body).await.expect(200);
    assert!(opened.get("warnings").is_none(), "{opened}");
    let plain = server.post("/api/sessions", &question()).await.expect(200);
    for key in ["content_hash", "interaction_data", "priority", "on_timeout", "tags", "metadata"] {
        assert_eq!(opened["session"][key], plain["session"][key], "{key}");
    }
    server.post("/api/sessions", &json!({"interaction_data": null})).await.problem(400, "missing_field");
    let path = format!("/api/sessions/{}/respond", opened["session_id"].as_str().unwrap());
    server.post(&path, &json!({"response": null})).await.problem(400, "missing_field");
    let answer = json!({"response": {"choice": "confirm"}, "user_id": null, "comment": null, "content_hash": null});
    assert_eq!(server.post(&path, &answer).await.expect(200)["session"]["response"]["user_id"], "local");
}

#[tokio::test]
async fn given_but_wrong_is_not_missing() {
    let server = Harness::new().await;
    for (data, pointer, code) in [
        (json!({}), "/interaction_data/interaction_type", "missing_field"),
        (json!({"interaction_type": "confirmation"}), "/interaction_data/title", "missing_field"),
        (json!({"interaction_type": "confirmation", "title": " "}), "/interaction_data/title", "too_short"),
        (json!({"interaction_type": "poll", "title": "t"}), "/interaction_data/interaction_type", "unknown_kind"),
        (json!("confirm?"), "/interaction_data", "wrong_type"),
    ] {
        let problem = server.post("/api/sessions", &json!({ "interaction_data": data })).await;
        let problem = problem.problem(422, "validation_failed");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!(pointer), &json!(code)));
    }
    let mut empty = question();
    empty["interaction_data"]["message"] = json!("");
    server.post("/api/sessions", &empty).await.expect(200);
}

#[tokio::test]
async fn originals_are_understood() {
    let server = Harness::new().await;
    let mut numbered = question();
    numbered["workflow_id"] = json!(42);
    assert_eq!(server.post("/api/sessions", &numbered).await.expect(200)["session"]["workflow_id"], "42");
    assert_eq!(server.get("/api/sessions?workflow_id=42").await.expect(200)["sessions"].as_array().unwrap().len(), 1);
    let flat = asked(
        &server,
        json!({"interaction_type": "choice", "title": "t", "description": "d", "options": ["dev", 2], "timeout": 60}),
    )
    .await;
    assert_eq!(
        (&flat["interaction_type"], &flat["message"], &flat["timeout"]),
        (&json!("selection"), &json!("d"), &json!(60))
    );
    assert_eq!(flat["options"], json!([{"value": "dev", "label": "dev"}, {"value": 2, "label": "2"}]));
    let framed = |kind: &str| {
        json!({"interaction_data": {"interaction_type": kind, "title": "t", "options": ["a"],
        "fields": [{"name": "n", "type": "number", "min": 1, "max": 9}]}})
    };
    for (alias, kind) in [
        ("approval", "confirmation"),
        ("choice", "selection"),
        ("input", "text_input"),
        ("form", "text_input"),
        ("upload", "file_upload"),
        ("expert_review", "review"),
    ] {
        assert_eq!(asked(&server, framed(alias)).await["interaction_type"], kind);
    }
    let field = asked(&server, framed("form")).await["fields"][0].clone();
    assert_eq!(
        (&field["field_type"], &field["min_value"], &field["max_value"]),
        (&json!("number"), &json!(1), &json!(9))
    );
    let form = server.open(&framed("form")).await;
    let answer = json!({"response": {"n": "8"}});
    let given = server.post(&format!("{form}/respond"), &answer).await.expect(200);
    assert_eq!(given["session"]["response"]["response_data"], json!({"n": 8}));
}

#[tokio::test]
async fn every_unknown_key_is_named() {
    let server = Harness::new().await;
    let mut body = question();
    body["colour"] = json!(1);
    body["interaction_data"]["shade"] = json!(1);
    body["interaction_data"]["options"] = json!([{"value": "a", "icon": "x"}]);
    let opened = server.post("/api/sessions", &body).await.expect(200);
    let mut pointers: Vec<&str> =
        opened["warnings"].as_array().unwrap().iter().map(|warning| warning["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/colour", "/interaction_data/options/0/icon", "/interaction_data/shade"]);
    assert!(opened["warnings"].as_array().unwrap().iter().all(|warning| warning["code"] == "unknown_key"));
}

#[tokio::test]
async fn a_create_is_refused_as_the_original_did_where_asked_for() {
    let options = ServerOptions { original_status_codes: true, ..ServerOptions::default() };
    let server = Harness::with(options).await;
    create(&server, "k", &question().to_string()).await.expect(200);
    let mut other = question();
    other["interaction_data"]["title"] = json!("other");
    create(&server, "k", &other.to_string()).await.problem(400, "idempotency_mismatch");
    let path = server.open(&question()).await;
    server.post("/api/sessions/x/respond", &yes("ann")).await.problem(400, "session_not_found");
    server
        .post(&format!("{path}/respond"), &json!({"response": {"choice": "x"}}))
        .await
        .problem(400, "validation_failed");
    // What the original did not know keeps its code.
    let seen = json!({"response": {"choice": "confirm"}, "content_hash": "x"});
    server.post(&format!("{path}/respond"), &seen).await.problem(412, "content_changed");
    server.advance(Duration::from_mins(5)).await;
    server.post(&format!("{path}/respond"), &yes("ann")).await.problem(400, "session_expired");
}

#[tokio::test]
async fn attempts_are_those_of_one_workflow() {
    let server = Harness::new().await;
    let attempt = |workflow: Value, number: u64| {
        json!({"workflow_id": workflow, "interaction_data": {"interaction_type": "review", "title": "t",
            "node_id": "root", "attempt": number}})
    };
    let first = server.open(&attempt(Value::Null, 1)).await;
    server.open(&attempt(json!("w"), 7)).await;
    server.open(&attempt(Value::Null, 2)).await;
    let numbers = async |path: &str| {
        let one = server.get(path).await.expect(200)["session"]["attempts"].clone();
        one.as_array().unwrap().iter().map(|link| link["attempt"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&first).await, [1, 2]);
    let mut last = String::new();
    for number in 3..=110 {
        last = server.open(&attempt(Value::Null, number)).await;
    }
    let shown = numbers(&last).await;
    assert_eq!(shown.last(), Some(&110));
    assert!(shown.is_sorted());
}

#[tokio::test]
async fn a_preview_is_what_would_be_opened_and_opens_nothing() {
    let server = Harness::new().await;
    let mut body = question();
    body["interaction_data"]["message"] = json!("to **production** <script>x</script>");
    body["shade"] = json!(1);
    let preview = server.post("/api/sessions/preview", &body).await.expect(200);
    let shown = &preview["session"];
    assert_eq!(shown["interaction_data"]["message_html"], "<p>to <strong>production</strong> </p>\n");
    assert_eq!(preview["warnings"][0]["pointer"], "/shade");
    assert_eq!(shown["session_id"], "00000000-0000-0000-0000-000000000000");
    server.get("/api/sessions/00000000-0000-0000-0000-000000000000").await.problem(404, "session_not_found");
    assert_eq!(server.get("/api/sessions?status=all").await.expect(200)["sessions"], json!([]));
    assert_eq!(server.get("/api/events").await.expect(200)["events"], json!([]));
    let opened = server.post("/api/sessions", &body).await.expect(200);
    assert_eq!(opened["warnings"], preview["warnings"]);
    for key in ["content_hash", "status", "version", "created_at", "expires_at", "risk", "requester"] {
        assert_eq!(opened["session"][key], shown[key], "{key}");
    }
    for (wrong, status) in [
        (json!({}), 400),
        (json!({"interaction_data": {"interaction_type": "poll", "title": ""}}), 422),
        (json!({"interaction_data": {"interaction_type": "selection", "title": "t", "options": "a"}}), 422),
        (json!([]), 422),
    ] {
        let refused = server.post("/api/sessions", &wrong).await.expect(status);
        let preview = server.post("/api/sessions/preview", &wrong).await.expect(status);
        assert_eq!((&preview["code"], &preview["errors"]), (&refused["code"], &refused["errors"]));
    }
}
