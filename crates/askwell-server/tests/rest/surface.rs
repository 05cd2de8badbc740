use std::sync::Arc;

use askwell_server::{Locale, ServerOptions};
use axum::http::Method;

use crate::harness::{Harness, question};

const ROUTES: [&str; 14] = [
    "/",
    "/api/sessions",
    "/api/sessions/x",
    "/api/sessions/x/files/y",
    "/api/events",
    "/api/deliveries",
    "/api/statistics",
    "/api/templates",
    "/api/health",
    "/api/openapi.json",
    "/docs",
    "/docs/docs.js",
    "/ready",
    "/nothing/here",
];

#[tokio::test]
async fn every_response_is_named_and_guarded() {
    let server = Harness::new().await;
    for path in ROUTES {
        for headers in [&[][..], &[("host", "evil.example")], &[("origin", "https://evil.example")]] {
            let reply = server.call(Method::GET, path, headers, "").await;
            assert!(!reply.header("x-request-id").is_empty(), "{path}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
            assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{path}");
            let policy = reply.header("content-security-policy");
            assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"), "{path}");
            assert!(!policy.contains("unsafe"), "{path}");
            if !headers.is_empty() {
                assert_eq!(reply.status, 403, "{path} {headers:?}");
                assert!(reply.headers.get("access-control-allow-origin").is_none());
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let server = Harness::new().await;
    server.get("/api/nothing").await.problem(404, "route_not_found");
    let reply = server.call(Method::PUT, "/api/sessions", &[], "").await;
    reply.problem(405, "method_not_allowed");
    assert_eq!(reply.header("allow"), "POST,GET,HEAD");
    let reply = server.call(Method::OPTIONS, "/api/sessions", &[], "").await;
    assert_eq!((reply.status, reply.header("allow")), (204, "POST,GET,HEAD"));
    let reply = server.call(Method::HEAD, "/api/sessions", &[], "").await;
    assert_eq!((reply.status, reply.bytes.len()), (200, 0));
    let reply = server.get("/").await;
    assert_eq!((reply.status, reply.header("location")), (302, "/docs"));
}

#[tokio::test]
async fn pages_of_loopback_may_read() {
    let server = Harness::new().await;
    let origin = ("origin", "http://localhost:3000");
    let reply = server.call(Method::GET, "/api/sessions", &[origin], "").await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, origin.1));
    assert!(reply.header("access-control-allow-credentials").is_empty());
    assert!(reply.header("vary").contains("origin"));
    let asks = [origin, ("access-control-request-method", "POST")];
    let reply = server.call(Method::OPTIONS, "/api/sessions", &asks, "").await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (204, origin.1));
    assert!(reply.header("access-control-allow-headers").contains("idempotency-key"));
    let foreign = [("origin", "https://evil.example"), ("access-control-request-method", "POST")];
    server.call(Method::OPTIONS, "/api/sessions", &foreign, "").await.problem(403, "origin_not_allowed");
    let page = [("origin", "https://evil.example"), ("content-type", "application/json")];
    let refused = server.call(Method::POST, "/api/sessions", &page, question().to_string()).await;
    refused.problem(403, "origin_not_allowed");
    let sessions = server.get("/api/sessions").await.expect(200);
    assert_eq!(sessions["total"], 0);
}

#[tokio::test]
async fn a_request_keeps_its_name() {
    let server = Harness::new().await;
    let reply = server.call(Method::GET, "/api/nothing", &[("x-request-id", "mine-1")], "").await;
    assert_eq!(reply.problem(404, "route_not_found")["request_id"], "mine-1");
    let reply = server.call(Method::GET, "/api/nothing", &[("x-request-id", "a b")], "").await;
    assert_ne!(reply.header("x-request-id"), "a b");
}

#[tokio::test]
async fn a_panic_is_a_problem_without_details() {
    let options = ServerOptions {
        metrics_render: Arc::new(|| panic!("a secret")),
        default_locale: Locale::En,
        public_url: Some("https://ask.example/".to_owned()),
        ..ServerOptions::default()
    };
    let server = Harness::with(options).await;
    let reply = server.get("/metrics").await;
    let body = reply.problem(500, "internal");
    assert!(!body.to_string().contains("secret"));
    assert_eq!(body["type"], "https://ask.example/docs/errors#internal");
    assert_eq!(reply.header("cache-control"), "no-store");
}
