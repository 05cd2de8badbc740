use std::time::Duration;

use askwell_server::{Locale, ServerOptions};
use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, question, yes};

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_session_has_all_its_keys() {
    let server = Harness::new().await;
    let opened = server.post("/api/sessions", &question()).await.expect(200);
    assert_eq!(opened["success"], true);
    assert_eq!(opened["session_id"], opened["session"]["session_id"]);
    let session = opened["session"].as_object().unwrap();
    let keys = [
        "session_id",
        "workflow_id",
        "callback_url",
        "status",
        "created_at",
        "updated_at",
        "expires_at",
        "error_message",
        "interaction_data",
        "version",
        "content_hash",
        "metadata",
        "tags",
        "priority",
        "risk",
        "assignee",
        "candidates",
        "claimed_by",
        "requester",
        "closed_at",
        "on_timeout",
    ];
    for key in keys {
        assert!(session.contains_key(key), "{key}");
    }
    assert!(!session.contains_key("response"));
    assert_eq!(
        (&session["status"], &session["version"], &session["requester"]),
        (&json!("pending"), &json!(1), &json!("local"))
    );
    let created = session["created_at"].as_str().unwrap();
    assert!(created.len() == 24 && created.ends_with('Z') && created.contains('.'), "{created}");
    assert_eq!(session["content_hash"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn one_session_says_more() {
    let server = Harness::new().await;
    let path = server.open(&question()).await;
    let one = server.get(&path).await.expect(200);
    assert_eq!(one["status"], "pending");
    assert_eq!(one["session"]["interaction_data"]["message_html"], "<p>到 <strong>生产</strong></p>\n");
    assert_eq!(one["session"]["attempts"], json!([]));
    assert_eq!(one["session"]["delivery"], json!({"state": "none", "at": null, "by": null}));
    server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200);
    let one = server.get(&path).await.expect(200);
    assert_eq!((&one["status"], &one["response"]), (&json!("completed"), &one["session"]["response"]));
    assert_eq!(one["response"]["response_data"], json!({"choice": "confirm"}));
    let short = server.get(&format!("{path}/status")).await.expect(200);
    assert_eq!((&short["status"], &short["response"]), (&one["status"], &one["response"]));
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let server = Harness::new().await;
    let post = async |headers: &[(&str, &str)], body: &str| {
        server.call(Method::POST, "/api/sessions", headers, body.to_owned()).await
    };
    post(&[JSON], "{").await.problem(400, "malformed_json");
    post(&[JSON], "").await.problem(400, "malformed_json");
    let twice = post(&[JSON], r#"{"a":{"b":1,"b":2}}"#).await.problem(400, "duplicate_key");
    assert_eq!(twice["pointer"], "/a/b");
    let deep = format!("{}1{}", "[".repeat(70), "]".repeat(70));
    post(&[JSON], &deep).await.problem(400, "too_deep");
    let large = r#"{"interaction_data":{"n":123456789012345678901234567890}}"#;
    let number = post(&[JSON], large).await.problem(422, "number_out_of_range");
    assert_eq!(number["errors"][0]["pointer"], "/interaction_data/n");
    post(&[JSON], "[]").await.problem(422, "validation_failed");
    post(&[JSON], "{}").await.problem(400, "missing_field");
    post(&[], "{}").await.problem(415, "unsupported_media_type");
    post(&[("content-type", "text/plain")], "{}").await.problem(415, "unsupported_media_type");
    let huge = format!("{{\"x\":\"{}\"}}", "x".repeat(1 << 20));
    assert_eq!(post(&[JSON], &huge).await.problem(413, "payload_too_large")["limit"], 1 << 20);
    let declared = [JSON, ("content-length", "1048577")];
    post(&declared, "{}").await.problem(413, "payload_too_large");
    assert!(post(&[("content-type", "application/json; charset=utf-8")], &question().to_string()).await.status == 200);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let server = Harness::new().await;
    let mut body = question();
    body["interaction_data"]["timeout"] = json!(7_200);
    let problem = server.post("/api/sessions", &body).await.problem(422, "validation_failed");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("3600"), "{problem}");
    let mut body = question();
    body["colour"] = json!("red");
    let opened = server.post("/api/sessions", &body).await.expect(200);
    assert_eq!(opened["warnings"][0]["pointer"], "/colour");
    assert_eq!(opened["warnings"][0]["code"], "unknown_key");
}

#[tokio::test]
async fn the_same_create_opens_once() {
    let server = Harness::new().await;
    let keyed = [JSON, ("idempotency-key", "k")];
    let first = server.call(Method::POST, "/api/sessions", &keyed, question().to_string()).await.expect(200);
    let again = server.call(Method::POST, "/api/sessions", &keyed, question().to_string()).await.expect(200);
    assert_eq!(first["session_id"], again["session_id"]);
    let mut other = question();
    other["workflow_id"] = json!("w");
    let reply = server.call(Method::POST, "/api/sessions", &keyed, other.to_string()).await;
    reply.problem(422, "idempotency_mismatch");
}

#[tokio::test]
async fn what_cannot_be_an_id_is_not_found_either() {
    let server = Harness::new().await;
    let known = server.open(&question()).await;
    let unknown = "/api/sessions/0190a000-0000-7000-8000-000000000000";
    let mut expected = server.get(unknown).await.problem(404, "session_not_found");
    expected["request_id"] = Value::Null;
    let id = known.rsplit('/').next().unwrap();
    let bad = ["x".to_owned(), "..%2f".to_owned(), "%ff".to_owned(), format!("{{{id}}}"), id.replace('-', "")];
    for id in bad {
        for suffix in ["", "/status", "/events", "/files"] {
            let path = format!("/api/sessions/{}{suffix}", id.replace('{', "%7B").replace('}', "%7D"));
            let mut actual = server.get(&path).await.problem(404, "session_not_found");
            actual["request_id"] = Value::Null;
            assert_eq!(actual.to_string(), expected.to_string(), "{path}");
        }
    }
}

#[tokio::test]
async fn a_wait_ends_with_the_answer() {
    let server = Harness::new().await;
    let path = server.open(&question()).await;
    let waiting = format!("{path}?wait=30");
    let answer = async {
        // Four loops of the application, and the waiter.
        server.clock.asleep(5).await;
        server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200)
    };
    let (waited, _) = tokio::join!(server.get(&waiting), answer);
    assert_eq!(waited.expect(200)["status"], "completed");
    // That it was picked up is written with a later batch.
    server.open(&question()).await;
    let one = server.get(&path).await.expect(200);
    assert_eq!(one["session"]["delivery"]["by"], "waiter");
    assert_eq!(server.get(&waiting).await.expect(200)["status"], "completed");
}

#[tokio::test]
async fn patience_is_a_number() {
    let server = Harness::new().await;
    let path = server.open(&question()).await;
    for wait in ["soon", "-1", "NaN"] {
        let problem = server.get(&format!("{path}?wait={wait}")).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["parameter"], "wait");
    }
    assert_eq!(server.get(&format!("{path}?wait=0")).await.expect(200)["status"], "pending");
}

#[tokio::test]
async fn lists_are_what_they_say() {
    let server = Harness::new().await;
    let mut of_workflow = question();
    of_workflow["workflow_id"] = json!("w");
    let closed = server.open(&of_workflow).await;
    server.post(&format!("{closed}/cancel"), &json!({})).await.expect(200);
    server.open(&of_workflow).await;
    server.open(&question()).await;
    let count = async |query: &str| {
        let page = server.get(&format!("/api/sessions{query}")).await.expect(200);
        (page["sessions"].as_array().unwrap().len(), page["total"].as_u64().unwrap())
    };
    assert_eq!(count("").await, (2, 2));
    assert_eq!(count("?nobody=asks").await, (2, 2));
    assert_eq!(count("?workflow_id=w").await, (2, 1));
    assert_eq!(count("?status=all").await.0, 3);
    assert_eq!(count("?status=cancelled").await.0, 1);
    assert_eq!(count("?status=pending&status=cancelled&interaction_type=confirmation").await.0, 3);
    assert_eq!(count("?created_after=2000-01-01T00:00:00Z&created_before=2000-01-02T00:00:00Z").await.0, 0);
    assert_eq!(count("?q=%E9%83%A8%E7%BD%B2").await.0, 2);
    let first = server.get("/api/sessions?limit=1").await.expect(200);
    let next = first["next_cursor"].as_str().unwrap();
    let second = server.get(&format!("/api/sessions?limit=1&cursor={next}")).await.expect(200);
    assert_ne!(first["sessions"][0]["session_id"], second["sessions"][0]["session_id"]);
    assert!(first["sessions"][0]["created_at"].as_str() >= second["sessions"][0]["created_at"].as_str());
    for query in ["limit=501", "limit=x", "status=open", "sort=colour", "created_after=now", "interaction_type=poll"] {
        let problem = server.get(&format!("/api/sessions?{query}")).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["parameter"], query.split('=').next().unwrap());
    }
    server.get("/api/sessions?cursor=nonsense").await.problem(422, "invalid_cursor");
}

#[tokio::test]
async fn cancelling_needs_no_body() {
    let server = Harness::new().await;
    let path = server.open(&question()).await;
    let cancelled = server.call(Method::POST, &format!("{path}/cancel"), &[], "").await.expect(200);
    assert_eq!(cancelled["message"], "会话已取消");
    assert_eq!(cancelled["session"]["error_message"], "用户取消");
    server.delete(&path).await.expect(200);
    let other = server.open(&question()).await;
    let body = json!({"reason": "late"}).to_string();
    let cancelled = server.call(Method::DELETE, &other, &[], body).await.expect(200);
    assert_eq!(cancelled["session"]["error_message"], "late");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    server
        .call(Method::POST, &format!("{path}/cancel"), &form, "reason=x")
        .await
        .problem(415, "unsupported_media_type");
    let done = server.open(&question()).await;
    server.post(&format!("{done}/respond"), &yes("ann")).await.expect(200);
    server.delete(&done).await.problem(409, "session_closed");
}

#[tokio::test]
async fn a_claim_keeps_others_out() {
    let server = Harness::new().await;
    let path = server.open(&question()).await;
    let held = server.post(&format!("{path}/claim"), &json!({"user_id": "ann"})).await.expect(200);
    assert_eq!((&held["session"]["status"], &held["session"]["claimed_by"]), (&json!("active"), &json!("ann")));
    let refused = server.post(&format!("{path}/respond"), &yes("bob")).await.problem(409, "claimed");
    assert_eq!(refused["claimed_by"], "ann");
    assert_eq!(refused["claimed_until"], held["session"]["claimed_until"]);
    server.post(&format!("{path}/release"), &json!({"user_id": "ann"})).await.expect(200);
    server.post(&format!("{path}/release"), &json!({"user_id": "ann"})).await.problem(409, "not_claimed");
    let types: Vec<Value> = server.get(&format!("{path}/events")).await.expect(200)["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["type"].clone())
        .collect();
    assert_eq!(types, [json!("opened"), json!("claimed"), json!("released")]);
}

#[tokio::test]
async fn more_time_within_what_is_allowed() {
    let server = Harness::new().await;
    let mut body = question();
    body["extendable_seconds"] = json!(60);
    let path = server.open(&body).await;
    let before = server.get(&path).await.expect(200)["session"].clone();
    let after = server.post(&format!("{path}/extend"), &json!({"seconds": 60})).await.expect(200)["session"].clone();
    assert_ne!(before["expires_at"], after["expires_at"]);
    assert_eq!(before["content_hash"], after["content_hash"]);
    let refused = server.post(&format!("{path}/extend"), &json!({"seconds": 1})).await.problem(409, "not_extendable");
    assert_eq!(refused["seconds_left"], 0);
    server.post(&format!("{path}/extend"), &json!({"seconds": 0})).await.problem(422, "validation_failed");
    server.clock.advance(Duration::from_hours(1));
    let refused = server.post(&format!("{path}/extend"), &json!({"seconds": 1})).await;
    assert_eq!(refused.problem(409, "session_expired")["expires_at"], after["expires_at"]);
}

#[tokio::test]
async fn a_list_is_filtered_ordered_and_walked_to_its_end() {
    let server = Harness::new().await;
    let mut ids = Vec::new();
    for index in 0..9_u64 {
        let mut body = question();
        body["workflow_id"] = json!(if index % 2 == 0 { "even" } else { "odd" });
        body["assignee"] = json!(if index < 6 { "ann" } else { "bob" });
        body["tags"] = if index % 3 == 0 { json!(["db", "prod"]) } else { json!(["db"]) };
        body["interaction_data"]["timeout"] = json!(1_000 - index);
        let path = server.open(&body).await;
        if index >= 7 {
            server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200);
        }
        ids.push(path.rsplit('/').next().unwrap().to_owned());
        server.clock.advance(Duration::from_millis(1));
    }
    let walk = async |query: &str| {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = server.get(&format!("/api/sessions?limit=2&{query}{cursor}")).await.expect(200);
            for session in page["sessions"].as_array().unwrap() {
                found.push(ids.iter().position(|id| session["session_id"] == **id).unwrap());
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return (found, page["total"].as_u64().unwrap()),
            }
        }
    };
    for (query, expected, total) in [
        ("", vec![6, 5, 4, 3, 2, 1, 0], 7),
        ("sort=created_at", vec![0, 1, 2, 3, 4, 5, 6], 7),
        ("sort=expires_at&status=all", vec![8, 7, 6, 5, 4, 3, 2, 1, 0], 7),
        ("sort=-updated_at&status=all", vec![8, 7, 6, 5, 4, 3, 2, 1, 0], 7),
        // A workflow is told whole, its closed ones too; `total` still counts the open ones.
        ("workflow_id=even", vec![8, 6, 4, 2, 0], 4),
        ("workflow_id=odd&status=pending", vec![5, 3, 1], 3),
        ("assignee=bob&status=all", vec![8, 7, 6], 1),
        ("tag=db&tag=prod", vec![6, 3, 0], 3),
        ("tag=prod&assignee=ann&sort=created_at", vec![0, 3], 2),
        ("status=completed,timeout", vec![8, 7], 0),
        ("assignee=nobody", vec![], 0),
    ] {
        assert_eq!(walk(query).await, (expected, total), "{query}");
    }
}

#[tokio::test]
async fn whether_somebody_waits_is_told() {
    let server = Harness::new().await;
    let path = server.open(&question()).await;
    assert_eq!(server.get(&path).await.expect(200)["session"]["waiting"], false);
    let look = async {
        server.clock.asleep(5).await;
        let seen = server.get(&path).await.expect(200);
        server.post(&format!("{path}/respond"), &yes("lin")).await.expect(200);
        seen
    };
    let patient = format!("{path}?wait=30");
    let (waited, seen) = tokio::join!(server.get(&patient), look);
    assert_eq!((&seen["session"]["waiting"], &seen["session"]["status"]), (&json!(true), &json!("pending")));
    let waited = waited.expect(200);
    assert_eq!((&waited["session"]["waiting"], &waited["status"]), (&json!(false), &json!("completed")));
    let listed = server.get("/api/sessions?status=all").await.expect(200);
    assert!(listed["sessions"][0].get("waiting").is_none());
}

#[tokio::test]
async fn health_says_which_language_the_owner_chose() {
    let options = ServerOptions { default_locale: Locale::En, ..ServerOptions::default() };
    let server = Harness::with(options).await;
    for (asked, told) in [("fr", "en"), ("zh-TW, en;q=0.5", "zh-CN"), ("en-GB", "en")] {
        let reply = server.call(Method::GET, "/api/health", &[("accept-language", asked)], "").await;
        assert_eq!(reply.header("content-language"), told, "{asked}");
    }
}
