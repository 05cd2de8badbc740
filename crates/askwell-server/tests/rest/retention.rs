use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, question, yes};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn what_closed_long_ago_is_gone_and_the_feed_says_from_where() {
    let server = Harness::tuned(|settings| settings.keep_closed = Some(DAY)).await;
    let keyed = [("content-type", "application/json"), ("idempotency-key", "k")];
    let create = async || server.call(Method::POST, "/api/sessions", &keyed, question().to_string()).await.expect(200);
    let first = create().await;
    let old = format!("/api/sessions/{}", first["session_id"].as_str().unwrap());
    let start = server.get("/api/events?limit=1").await.expect(200)["next_cursor"].clone();
    server.post(&format!("{old}/respond"), &yes("ann")).await.expect(200);
    let end = server.get("/api/events").await.expect(200)["next_cursor"].clone();
    let young = server.open(&question()).await;
    server.advance(DAY.saturating_sub(Duration::from_mins(1))).await;
    // Kept for its day, and its key with it.
    assert_eq!(create().await["session_id"], first["session_id"]);
    assert_eq!(server.get(&old).await.expect(200)["status"], "completed");
    server.advance(Duration::from_mins(2)).await;
    server.get(&old).await.problem(404, "session_not_found");
    server.get(&format!("{old}/events")).await.problem(404, "session_not_found");
    assert_eq!(server.get(&young).await.expect(200)["status"], "timeout");
    let after = |cursor: &Value| format!("/api/events?after={}", cursor.as_str().unwrap());
    let gone = server.get(&after(&start)).await.problem(410, "cursor_expired");
    assert_eq!(gone["earliest"], end);
    let stream = [("accept", "text/event-stream"), ("last-event-id", start.as_str().unwrap())];
    server.call(Method::GET, "/api/events", &stream, "").await.problem(410, "cursor_expired");
    let kept = server.get(&after(&gone["earliest"])).await.expect(200);
    assert_eq!(kept, server.get("/api/events").await.expect(200));
    assert!(young.ends_with(kept["events"][0]["session_id"].as_str().unwrap()));
    assert_ne!(create().await["session_id"], first["session_id"]);
    // All there ever were.
    assert_eq!(server.get("/api/statistics").await.expect(200)["statistics"]["total_sessions"], 3);
}

#[tokio::test]
async fn what_owes_a_callback_is_kept() {
    let server = Harness::tuned(|settings| settings.keep_closed = Some(DAY)).await;
    server.sender.refuse("loopback", "egress.allow_hosts");
    let mut body = question();
    body["callback_url"] = json!("https://hooks.example.com/x");
    let path = server.open(&body).await;
    server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200);
    server.sender.called(1).await;
    server.advance(2 * DAY).await;
    assert_eq!(server.get(&path).await.expect(200)["status"], "completed");
}

#[tokio::test]
async fn uploads_that_belong_to_no_answer_are_collected() {
    let server = Harness::new().await;
    let ask = json!({"interaction_data": {"interaction_type": "file_upload", "title": "t"}});
    let upload = async |path: &str| {
        let multipart = [("content-type", "multipart/form-data; boundary=XX")];
        let body = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nx\r\n--XX--\r\n";
        let reply = server.call(Method::POST, &format!("{path}/files"), &multipart, body).await.expect(200);
        reply["file"]["file_id"].as_str().unwrap().to_owned()
    };
    let (open, closed) = (server.open(&ask).await, server.open(&ask).await);
    let (waits, kept, spare) = (upload(&open).await, upload(&closed).await, upload(&server.open(&ask).await).await);
    let answer = json!({"response": {"files": [kept]}});
    server.post(&format!("{closed}/respond"), &answer).await.expect(200);
    let has = |id: &str| server.blobs.contains(id.parse().unwrap());
    server.advance(Duration::from_mins(1)).await;
    assert!(has(&waits) && has(&kept) && has(&spare));
    // All three are closed by now: one with its answer, two by their deadline.
    server.advance(Duration::from_mins(5)).await;
    server.advance(Duration::from_mins(1)).await;
    assert!(!has(&waits) && has(&kept) && !has(&spare));
    assert_eq!(server.get(&format!("{open}/files")).await.expect(200)["files"], json!([]));
    server.get(&format!("{closed}/files/{kept}")).await;
    assert_eq!(server.get(&format!("{closed}/files")).await.expect(200)["files"][0]["file_id"], json!(kept));
}
