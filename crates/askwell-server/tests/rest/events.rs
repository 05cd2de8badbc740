use axum::http::Method;
use futures::StreamExt;
use serde_json::json;
use tower::ServiceExt;

use crate::harness::{Harness, question, request, yes};

#[tokio::test]
async fn the_feed_goes_on_where_it_ended() {
    let server = Harness::new().await;
    let path = server.open(&question()).await;
    let page = server.get("/api/events?limit=1").await.expect(200);
    assert_eq!(page["events"][0]["type"], "opened");
    assert_eq!(page["events"][0]["session"]["status"], "pending");
    server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200);
    let after = page["next_cursor"].as_str().unwrap();
    let page = server.get(&format!("/api/events?after={after}")).await.expect(200);
    assert_eq!(page["events"][0]["type"], "answered");
    assert_eq!(page["events"][0]["version"], 2);
    let page = server.get("/api/events?after=latest").await.expect(200);
    assert_eq!(page["events"], json!([]));
    server.get("/api/events?after=nonsense").await.problem(422, "invalid_cursor");
    server.get("/api/events?limit=0").await.problem(422, "validation_failed");
}

/// Reads a stream until it holds `needle`.
async fn read_until(stream: &mut axum::body::BodyDataStream, needle: &str) -> String {
    let mut text = String::new();
    while !text.contains(needle) {
        text += std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap();
    }
    text
}

#[tokio::test]
async fn the_feed_streams() {
    let server = Harness::new().await;
    let path = server.open(&question()).await;
    let accept = ("accept", "text/event-stream");
    let open = async |headers: &[(&str, &str)]| {
        server.router.clone().oneshot(request(Method::GET, "/api/events", headers, "")).await.unwrap()
    };
    let response = open(&[accept]).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.into_body().into_data_stream();
    let first = read_until(&mut stream, "event: opened").await;
    assert!(first.contains("retry: 2000"), "{first}");
    server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200);
    let second = read_until(&mut stream, "\"type\":\"answered\"").await;
    let id = second.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    let resumed = open(&[accept, ("last-event-id", &id)]).await;
    let mut resumed = resumed.into_body().into_data_stream();
    server.app.stop().await;
    assert!(stream.next().await.is_none());
    while let Some(chunk) = resumed.next().await {
        assert!(!String::from_utf8_lossy(&chunk.unwrap()).contains("event:"), "resumed after the last");
    }
}

#[tokio::test]
async fn a_stream_that_cannot_start_is_a_problem() {
    let server = Harness::new().await;
    let headers = [("accept", "text/event-stream"), ("last-event-id", "nonsense")];
    server.call(Method::GET, "/api/events", &headers, "").await.problem(422, "invalid_cursor");
}

#[tokio::test]
async fn a_stop_ends_a_stream_that_is_far_behind() {
    let server = Harness::new().await;
    for _ in 0..20 {
        server.open(&question()).await;
    }
    let accept = [("accept", "text/event-stream")];
    let response = server.router.clone().oneshot(request(Method::GET, "/api/events", &accept, "")).await.unwrap();
    let mut stream = response.into_body().into_data_stream();
    read_until(&mut stream, "event: opened").await;
    server.app.stop().await;
    let mut more = 0;
    while let Some(chunk) = stream.next().await {
        more += String::from_utf8_lossy(&chunk.unwrap()).matches("event: opened").count();
    }
    assert!(more < 19, "{more}");
}
