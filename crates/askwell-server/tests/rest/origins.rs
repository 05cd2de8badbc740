//! Where requests may come from, with accounts, on every door.

use std::net::SocketAddr;

use askwell_app::RateLimits;
use askwell_server::ServerOptions;
use axum::extract::ConnectInfo;
use axum::http::Method;
use serde_json::json;

use crate::harness::{question, request};
use crate::limits::with_accounts;

const EVIL: (&str, &str) = ("origin", "https://evil.example");
const OWN: (&str, &str) = ("origin", "http://localhost:8096");
const JSON: (&str, &str) = ("content-type", "application/json");
const POLLING: &str = "/socket.io/?EIO=4&transport=polling";

fn star() -> ServerOptions {
    ServerOptions { cors_origins: vec!["*".into(), "https://listed.example".into()], ..ServerOptions::default() }
}

#[tokio::test]
async fn a_cookie_of_another_page_is_refused_everywhere() {
    let (server, cookie) = with_accounts(star(), RateLimits::default()).await;
    let cookie = ("cookie", &*cookie);
    let doors = [
        (Method::GET, "/api/sessions"),
        (Method::POST, "/api/sessions"),
        (Method::GET, "/api/events"),
        (Method::GET, "/api/me"),
        (Method::GET, POLLING),
        (Method::GET, "/socket.io/?EIO=4&transport=websocket"),
        (Method::POST, "/api/logout"),
    ];
    for (method, path) in doors {
        for page in [&[EVIL][..], &[("sec-fetch-site", "same-site")], &[("sec-fetch-site", "cross-site")]] {
            let headers = [&[cookie, JSON][..], page].concat();
            let reply = server.call(method.clone(), path, &headers, question().to_string()).await;
            reply.problem(403, "origin_not_allowed");
            assert!(reply.header("access-control-allow-origin").is_empty());
        }
    }
    let own = server.call(Method::GET, "/api/sessions", &[cookie, OWN], "").await;
    assert_eq!(own.expect(200)["total"], 0);
    let polled = server.call(Method::GET, POLLING, &[cookie, OWN], "").await;
    assert_eq!(polled.status, 200);
}

#[tokio::test]
async fn permissions_to_read_are_given_by_name_or_without_cookies() {
    let (server, cookie) = with_accounts(star(), RateLimits::default()).await;
    let credentials = "access-control-allow-credentials";
    let listed = [("cookie", &*cookie), ("origin", "https://listed.example")];
    let reply = server.call(Method::GET, "/api/sessions", &listed, "").await;
    assert_eq!((reply.status, reply.header(credentials)), (200, "true"));
    assert_eq!(reply.header("access-control-allow-origin"), "https://listed.example");
    let asks = [EVIL, ("access-control-request-method", "PUT"), ("access-control-request-headers", "authorization")];
    let reply = server.call(Method::OPTIONS, "/api/sessions", &asks, "").await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (204, EVIL.1));
    assert!(reply.header(credentials).is_empty());
    assert!(reply.header("access-control-allow-methods").contains("PUT"));
    let exposed = server.call(Method::GET, "/api/health", &[EVIL], "").await;
    assert!(exposed.header("access-control-expose-headers").contains("ratelimit-remaining"));
    assert!(exposed.header(credentials).is_empty());
}

#[tokio::test]
async fn with_a_token_cookies_do_not_count_either_way() {
    let (server, cookie) = with_accounts(star(), RateLimits::default()).await;
    let both = [("cookie", &*cookie), ("authorization", "Bearer ask_made-up")];
    server.call(Method::GET, "/api/sessions", &both, "").await.problem(401, "unauthenticated");
    let me = server.call(Method::GET, "/api/me", &both, "").await.expect(200);
    assert_eq!(me["me"], json!(null));
    // Nor may a page of elsewhere have somebody signed in.
    let body = json!({ "login": "ann", "password": "correct horse battery" }).to_string();
    let page = [EVIL, JSON, ("authorization", "Bearer ask_made-up")];
    let reply = server.call(Method::POST, "/api/login", &page, body.clone()).await;
    assert_eq!((reply.status, reply.header("set-cookie")), (200, ""));
    server.call(Method::POST, "/api/login", &[EVIL, JSON], body).await.problem(403, "origin_not_allowed");
}

#[tokio::test]
async fn any_name_is_served_and_the_proxy_says_whether_cookies_are_secure() {
    let options = ServerOptions { trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()], ..ServerOptions::default() };
    let (server, _) = with_accounts(options, RateLimits::default()).await;
    let body = json!({ "login": "ann", "password": "correct horse battery" }).to_string();
    for (peer, name) in [("10.0.0.1:1", "__Host-askwell="), ("203.0.113.9:1", "askwell=")] {
        let headers = [("host", "ask.example"), JSON, ("x-forwarded-proto", "https")];
        let mut request = request(Method::POST, "/api/login", &headers, body.clone());
        request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        let reply = server.send(request).await;
        reply.expect(200);
        let cookie = reply.header("set-cookie");
        assert_eq!((cookie.starts_with(name), cookie.contains("Secure")), (true, peer.starts_with("10.")), "{cookie}");
    }
}
