//! How often, and how many at once.

use std::time::Duration;

use askwell_app::{AccountSettings, JwtSubject, RateLimits, Way};
use askwell_core::access::Role;
use askwell_server::ServerOptions;
use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, Reply, question};
use crate::people::enter;

const JSON: (&str, &str) = ("content-type", "application/json");

/// A server with accounts, and the cookie of its administrator.
pub(crate) async fn with_accounts(options: ServerOptions, limits: RateLimits) -> (Harness, String) {
    let server = Harness::idle(options, |settings| {
        settings.rate_limits = limits;
        settings.accounts = Some(AccountSettings {
            ways: vec![Way::Password, Way::Basic],
            login_lifetime: Duration::from_hours(1),
            admin_group: None,
            allowed_logins: Vec::new(),
            jwt_subject: JwtSubject::default(),
        });
    });
    let server = server.start().await;
    let secret = server.app.offer_set_up().await.unwrap().unwrap();
    let first = json!({ "secret": secret, "login": "ann", "name": "Ann", "password": "correct horse battery" });
    let reply = server.post("/api/setup", &first).await;
    reply.expect(200);
    let cookie = reply.header("set-cookie").split(';').next().unwrap().to_owned();
    (server, cookie)
}

async fn ask(server: &Harness, cookie: &str, key: Option<&str>) -> Reply {
    let mut headers = vec![JSON, ("cookie", cookie)];
    headers.extend(key.map(|key| ("idempotency-key", key)));
    server.call(Method::POST, "/api/sessions", &headers, question().to_string()).await
}

fn left(reply: &Reply) -> [&str; 3] {
    ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map(|name| reply.header(name))
}

#[tokio::test]
async fn creates_are_counted_and_come_back_with_time() {
    let limits = RateLimits { create_per_minute: 3, ..RateLimits::default() };
    let (server, cookie) = with_accounts(ServerOptions::default(), limits).await;
    for expected in [["3", "2", "20"], ["3", "1", "40"], ["3", "0", "60"]] {
        let reply = ask(&server, &cookie, None).await;
        reply.expect(200);
        assert_eq!(left(&reply), expected);
    }
    let reply = ask(&server, &cookie, None).await;
    assert_eq!(reply.problem(429, "too_many_requests")["retry_after"], 20);
    assert_eq!((left(&reply), reply.header("retry-after")), (["3", "0", "20"], "20"));
    server.advance(Duration::from_secs(20)).await;
    ask(&server, &cookie, None).await.expect(200);
    ask(&server, &cookie, None).await.problem(429, "too_many_requests");
}

/// A callback's host is looked up for nobody who is not counted, and a preview is.
#[tokio::test]
async fn whoever_has_names_looked_up_is_counted_first() {
    let limits = RateLimits { create_per_minute: 2, ..RateLimits::default() };
    let (server, cookie) = with_accounts(ServerOptions::default(), limits).await;
    let mut body = question();
    body["callback_url"] = json!("https://hooks.example.com/x");
    for (path, judged) in [("/api/sessions/preview", 2), ("/api/sessions", 4)] {
        let send = async || server.call(Method::POST, path, &[JSON, ("cookie", &cookie)], body.to_string()).await;
        for _ in 0..2 {
            send().await.expect(200);
        }
        for _ in 0..5 {
            send().await.problem(429, "too_many_requests");
        }
        assert_eq!(server.sender.judged(), judged, "{path}");
    }
}

/// What somebody asks in another's name is theirs: nobody is locked out by it.
#[tokio::test]
async fn what_others_ask_for_somebody_is_not_counted_against_them() {
    let limits = RateLimits { max_open: 2, ..RateLimits::default() };
    let (server, cookie) = with_accounts(ServerOptions::default(), limits).await;
    let bob = enter(&server, "bob", &[], Role::Member).await;
    let mut body = question();
    body["on_behalf_of"] = json!("ann");
    for _ in 0..2 {
        server.post_by(&bob, "/api/sessions", &body).await.expect(200);
    }
    server.post_by(&bob, "/api/sessions", &body).await.problem(429, "too_many_open");
    for _ in 0..2 {
        ask(&server, &cookie, None).await.expect(200);
    }
    ask(&server, &cookie, None).await.problem(429, "too_many_open");
}

#[tokio::test]
async fn open_sessions_are_counted_and_a_repeat_is_let_through() {
    let limits = RateLimits { max_open: 2, ..RateLimits::default() };
    let (server, cookie) = with_accounts(ServerOptions::default(), limits).await;
    let first = ask(&server, &cookie, Some("k")).await.expect(200);
    ask(&server, &cookie, None).await.expect(200);
    let refused = ask(&server, &cookie, None).await;
    assert_eq!(refused.problem(429, "too_many_open")["limit"], 2);
    assert!(!refused.header("retry-after").is_empty());
    ask(&server, &cookie, Some("new")).await.problem(429, "too_many_open");
    let again = ask(&server, &cookie, Some("k")).await.expect(200);
    assert_eq!(again["session_id"], first["session_id"]);
    let path = format!("/api/sessions/{}/cancel", first["session_id"].as_str().unwrap());
    server.call(Method::POST, &path, &[JSON, ("cookie", &cookie)], "{}").await.expect(200);
    ask(&server, &cookie, None).await.expect(200);
}

#[tokio::test]
async fn without_accounts_nothing_is_counted() {
    let limits = RateLimits { create_per_minute: 1, max_open: 1, ..RateLimits::default() };
    let server = Harness::tuned(|settings| settings.rate_limits = limits).await;
    for _ in 0..3 {
        let reply = server.post("/api/sessions", &question()).await;
        reply.expect(200);
        assert_eq!(left(&reply), ["", "", ""]);
    }
}

async fn guess(server: &Harness, login: &str) -> Reply {
    let body: Value = json!({ "login": login, "password": "wrong horse battery" });
    server.post("/api/login", &body).await
}

#[tokio::test]
async fn guessing_at_an_account_slows_down_whether_it_exists_or_not() {
    let limits = RateLimits { login_per_account: 2, login_per_address: 100, ..RateLimits::default() };
    let (server, _) = with_accounts(ServerOptions::default(), limits).await;
    for login in ["ann", "nobody-here"] {
        for remaining in ["1", "0"] {
            let reply = guess(&server, login).await;
            reply.problem(401, "bad_credentials");
            assert_eq!(left(&reply)[..2], ["2", remaining], "{login}");
        }
        let reply = guess(&server, login).await;
        assert_eq!(reply.problem(429, "too_many_requests")["retry_after"], 30, "{login}");
        assert_eq!(reply.header("retry-after"), "30");
    }
    guess(&server, " ANN").await.problem(429, "too_many_requests");
}

#[tokio::test]
async fn guessing_from_an_address_slows_down_and_leaves_the_accounts_alone() {
    // The set-up counts as one.
    let limits = RateLimits { login_per_account: 3, login_per_address: 3, ..RateLimits::default() };
    let (server, _) = with_accounts(ServerOptions::default(), limits).await;
    for login in ["a", "b"] {
        guess(&server, login).await.problem(401, "bad_credentials");
    }
    for _ in 0..5 {
        guess(&server, "ann").await.problem(429, "too_many_requests");
    }
    let left = server.app.logins_left("ann", Some("192.0.2.1".parse().unwrap())).unwrap();
    assert_eq!(left.remaining, 3);
}

#[tokio::test]
async fn links_are_not_guessed() {
    let limits = RateLimits { guests_per_address: 2, ..RateLimits::default() };
    let (server, _) = with_accounts(ServerOptions::default(), limits).await;
    for remaining in ["1", "0"] {
        let reply = server.post("/api/guest", &json!({ "secret": "made-up" })).await;
        reply.problem(401, "bad_link");
        assert_eq!(left(&reply)[..2], ["2", remaining]);
    }
    server.post("/api/guest", &json!({ "secret": "made-up" })).await.problem(429, "too_many_requests");
}
