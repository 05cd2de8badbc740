//! What is remembered of whoever was let in, and what of it must be proven again.

use std::time::Duration;

use askwell_app::RateLimits;
use askwell_core::access::{Role, TokenScope};
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{Harness, accounts, question, yes};
use crate::people::{PASSWORD, Shows, add, enter, sign_in, token};

fn basic(login: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{login}:{PASSWORD}")))
}

async fn get_basic(server: &Harness, login: &str) -> u16 {
    server.call(Method::GET, "/api/sessions", &[("authorization", &basic(login))], "").await.status
}

/// A server on which each account may try to sign in once a minute.
async fn strict() -> Harness {
    Harness::tuned(|settings| {
        accounts(settings);
        settings.rate_limits = RateLimits { login_per_account: 1, ..settings.rate_limits };
    })
    .await
}

#[tokio::test]
async fn what_changes_of_others_is_no_reason_to_prove_a_password_again() {
    let server = strict().await;
    for login in ["mei", "bob"] {
        add(&server, login, &[], Role::Member).await;
    }
    let bob = sign_in(&server, "bob").await;
    assert_eq!(get_basic(&server, "mei").await, 200);
    server.post_by(&bob, "/api/logout", &json!({})).await.expect(200);
    // Proving it again would count as a second try.
    assert_eq!(get_basic(&server, "mei").await, 200);
    // After a while it must be proven all the same.
    server.clock.advance(Duration::from_mins(5));
    assert_eq!(get_basic(&server, "mei").await, 200);
    assert_eq!(get_basic(&server, "mei").await, 200);
}

#[tokio::test]
async fn what_changes_of_oneself_is() {
    let server = strict().await;
    add(&server, "mei", &[], Role::Member).await;
    let zoe = enter(&server, "zoe", &[], Role::Admin).await;
    assert_eq!(get_basic(&server, "mei").await, 200);
    server.by(&zoe, Method::PATCH, "/api/users/mei", &json!({"groups": ["night"]})).await.expect(200);
    assert_eq!(get_basic(&server, "mei").await, 429);
    server.clock.advance(Duration::from_mins(1));
    server.by(&zoe, Method::PATCH, "/api/users/mei", &json!({"disabled": true})).await.expect(200);
    assert_eq!(get_basic(&server, "mei").await, 401);
}

/// An agent that waits is nobody's business but its owner's being allowed to have one.
#[tokio::test]
async fn a_token_waits_on_while_its_owner_changes_name_or_password() {
    let server = Harness::with_accounts().await;
    let zoe = enter(&server, "zoe", &[], Role::Admin).await;
    add(&server, "mei", &[], Role::Member).await;
    let agent = token(&server, "mei", &[TokenScope::Create, TokenScope::Read]).await;
    let path = server.open_by(&agent, &question()).await;
    let waiting = async { server.get_by(&agent, &format!("{path}?wait=60")).await };
    let acts = async {
        for change in [json!({"name": "Mei Li"}), json!({"password": "a good long one"}), json!({"groups": ["ops"]})] {
            server.by(&zoe, Method::PATCH, "/api/users/mei", &change).await.expect(200);
        }
        server.post_by(&zoe, &format!("{path}/respond"), &yes("zoe")).await.expect(200);
    };
    let (waited, ()) = tokio::join!(waiting, acts);
    assert_eq!(waited.expect(200)["session"]["status"], "completed");
}

#[tokio::test]
async fn what_an_administrators_token_may_is_over_with_their_being_one() {
    let server = Harness::with_accounts().await;
    let zoe = enter(&server, "zoe", &[], Role::Admin).await;
    add(&server, "ann", &[], Role::Admin).await;
    let of_ann = token(&server, "ann", &[TokenScope::Admin]).await;
    server.get_by(&of_ann, "/api/audit").await.expect(200);
    server.by(&zoe, Method::PATCH, "/api/users/ann", &json!({"admin": false})).await.expect(200);
    server.get_by(&of_ann, "/api/audit").await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_password_that_an_administrator_sets_ends_what_the_old_one_began() {
    let server = Harness::with_accounts().await;
    let zoe = enter(&server, "zoe", &[], Role::Admin).await;
    let mei = enter(&server, "mei", &[], Role::Member).await;
    let patch = async |change: Value| {
        server.by(&zoe, Method::PATCH, "/api/users/mei", &change).await.expect(200);
    };
    patch(json!({"name": "Mei Li"})).await;
    server.get_by(&mei, "/api/sessions").await.expect(200);
    patch(json!({"disabled": true})).await;
    patch(json!({"disabled": false})).await;
    server.get_by(&mei, "/api/sessions").await.problem(401, "unauthenticated");
    let mei = sign_in(&server, "mei").await;
    patch(json!({"password": "a good long one"})).await;
    server.get_by(&mei, "/api/sessions").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_guest_goes_with_whoever_vouched_for_them() {
    let server = Harness::with_accounts().await;
    let zoe = enter(&server, "zoe", &[], Role::Admin).await;
    let mei = enter(&server, "mei", &[], Role::Member).await;
    let path = server.open_by(&zoe, &question()).await;
    let (_, guest) = server.guest_of(&path, &mei).await;
    server.get_by(&guest, &path).await.expect(200);
    server.by(&zoe, Method::PATCH, "/api/users/mei", &json!({"disabled": true})).await.expect(200);
    server.post_by(&guest, &format!("{path}/respond"), &yes("x")).await.problem(401, "unauthenticated");
    server.get_by(&guest, &path).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn two_guests_of_one_name_are_two_people() {
    let server = Harness::with_accounts().await;
    let (zoe, mei) = (enter(&server, "zoe", &[], Role::Member).await, enter(&server, "mei", &[], Role::Member).await);
    let path = server.open_by(&zoe, &question()).await;
    let mut guests: Vec<Shows> = Vec::new();
    for _ in 0..2 {
        guests.push(server.guest_of(&path, &mei).await.1);
    }
    server.post_by(&guests[0], &format!("{path}/claim"), &json!({})).await.expect(200);
    server.post_by(&guests[1], &format!("{path}/claim"), &json!({})).await.problem(409, "claimed");
    let answered = server.post_by(&guests[0], &format!("{path}/respond"), &yes("x")).await.expect(200);
    assert_eq!(answered["session"]["response"]["user_id"], "guest:Gast");
}

#[tokio::test]
async fn who_is_refused_does_not_fill_the_audit() {
    let server = Harness::with_accounts().await;
    let zoe = enter(&server, "zoe", &[], Role::Admin).await;
    for number in 0..100 {
        let bearer = format!("Bearer x{number}");
        server
            .call(Method::GET, "/api/sessions", &[("authorization", &bearer)], "")
            .await
            .problem(401, "unauthenticated");
    }
    let typed = server.post("/api/login", &json!({"login": "hunter2 is my password", "password": "x"})).await;
    typed.problem(401, "bad_credentials");
    let kept = async || {
        let page = server.get_by(&zoe, "/api/audit?action=login.refused&limit=200").await.expect(200);
        page["entries"].as_array().unwrap().clone()
    };
    // They are written a moment later.
    while kept().await.len() < 30 {
        tokio::task::yield_now().await;
    }
    let kept = kept().await;
    assert_eq!(kept.len(), 30);
    assert!(!Value::from(kept).to_string().contains("hunter2"));
}
