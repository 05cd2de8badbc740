//! Whoever stays for long is out as soon as what let them in has fallen: a wait, a stream, a socket.

use std::time::Duration;

use askwell_core::access::Role;
use axum::http::Method;
use futures::StreamExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::harness::{Harness, question, request, yes};
use crate::people::{Shows, cookie_of, enter};
use crate::polling::Polling;

/// Has `act` done while `who` waits for a session, follows the feed and is connected, and sees all three end.
async fn loses_all(server: &Harness, who: &Shows, admin: &Shows, path: &str, act: impl AsyncFnOnce()) {
    let (name, value) = who.header().unwrap();
    let headers = [("accept", "text/event-stream"), (name, value.as_str())];
    let response = server.router.clone().oneshot(request(Method::GET, "/api/events", &headers, "")).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut stream = response.into_body().into_data_stream();
    assert!(stream.next().await.is_some_and(|chunk| chunk.is_ok()));
    let mut socket = Polling::connect_as(server, who, json!({})).await;
    socket.expect("connected").await;
    let wait = format!("{path}?wait=300");
    let acts = async {
        // Only once they wait is it worth while.
        while server.get_by(admin, path).await.expect(200)["session"]["waiting"] != true {
            // A read that is ready at once never gives way, and whoever is to wait would not get there.
            tokio::task::yield_now().await;
        }
        act().await;
    };
    let (waited, ()) = tokio::join!(server.get_by(who, &wait), acts);
    waited.problem(401, "unauthenticated");
    while let Some(chunk) = stream.next().await {
        assert!(chunk.is_ok());
    }
    assert!(socket.ended().await >= 400);
}

async fn scene() -> (Harness, Shows, Shows, String) {
    let server = Harness::with_accounts().await;
    let zoe = enter(&server, "zoe", &[], Role::Admin).await;
    let mei = enter(&server, "mei", &["ops"], Role::Member).await;
    let path = server.open_by(&zoe, &question()).await;
    (server, zoe, mei, path)
}

#[tokio::test]
async fn whoever_is_disabled_loses_all_at_once() {
    let (server, zoe, mei, path) = scene().await;
    loses_all(&server, &mei, &zoe, &path, async || {
        server.by(&zoe, Method::PATCH, "/api/users/mei", &json!({"disabled": true})).await.expect(200);
    })
    .await;
    server.get_by(&mei, &path).await.problem(401, "unauthenticated");
    assert_eq!(Polling::refused(&server, &mei, json!({})).await["message"], "unauthenticated");
    server.post_by(&mei, &format!("{path}/respond"), &yes("mei")).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn whoever_changes_groups_comes_back_with_the_new_ones() {
    let (server, zoe, mei, path) = scene().await;
    let mut body = question();
    body["candidates"] = json!(["group:ops"]);
    let of_ops = server.open_by(&zoe, &body).await;
    server.get_by(&mei, &of_ops).await.expect(200);
    loses_all(&server, &mei, &zoe, &path, async || {
        server.by(&zoe, Method::PATCH, "/api/users/mei", &json!({"groups": ["night"]})).await.expect(200);
    })
    .await;
    assert_eq!(server.get_by(&mei, "/api/me").await.expect(200)["me"]["groups"], json!(["night"]));
    server.get_by(&mei, &of_ops).await.problem(404, "session_not_found");
    server.get_by(&mei, &path).await.expect(200);
}

#[tokio::test]
async fn whoever_signs_out_loses_all_at_once() {
    let (server, zoe, mei, path) = scene().await;
    loses_all(&server, &mei, &zoe, &path, async || {
        server.post_by(&mei, "/api/logout", &json!({})).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_revoked_token_loses_all_at_once() {
    let (server, zoe, mei, _) = scene().await;
    let body = json!({"name": "ci", "scopes": ["create", "read"]});
    let issued = server.post_by(&mei, "/api/tokens", &body).await.expect(200);
    let token = Shows::Bearer(issued["secret"].as_str().unwrap().to_owned());
    let path = server.open_by(&token, &question()).await;
    let revoke = format!("/api/tokens/{}", issued["token"]["id"].as_str().unwrap());
    loses_all(&server, &token, &zoe, &path, async || {
        server.by(&mei, Method::DELETE, &revoke, &Value::Null).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_token_whose_time_is_over_loses_all_at_once() {
    let (server, zoe, mei, _) = scene().await;
    let body = json!({"name": "ci", "scopes": ["create", "read"], "expires_in": 60});
    let issued = server.post_by(&mei, "/api/tokens", &body).await.expect(200);
    let token = Shows::Bearer(issued["secret"].as_str().unwrap().to_owned());
    let path = server.open_by(&token, &question()).await;
    loses_all(&server, &token, &zoe, &path, async || server.clock.advance(Duration::from_mins(1))).await;
}

#[tokio::test]
async fn a_guest_whose_link_is_taken_back_loses_all_at_once() {
    let (server, zoe, mei, path) = scene().await;
    let links = format!("{path}/guest-links");
    let invited = server.post_by(&mei, &links, &json!({"name": "g"})).await.expect(200);
    let secret = invited["url"].as_str().unwrap().split_once('#').unwrap().1;
    let guest = Shows::Cookie(cookie_of(&server.post("/api/guest", &json!({"secret": secret})).await));
    let end = format!("{links}/{}", invited["link"]["id"].as_str().unwrap());
    loses_all(&server, &guest, &zoe, &path, async || {
        server.by(&mei, Method::DELETE, &end, &Value::Null).await.expect(200);
    })
    .await;
}

/// What was changed of somebody else ends nothing.
#[tokio::test]
async fn others_stay_connected() {
    let (server, zoe, mei, path) = scene().await;
    let bob = enter(&server, "bob", &[], Role::Member).await;
    let mut socket = Polling::connect_as(&server, &bob, json!({})).await;
    socket.expect("connected").await;
    server.by(&zoe, Method::PATCH, "/api/users/mei", &json!({"disabled": true})).await.expect(200);
    server.get_by(&mei, &path).await.problem(401, "unauthenticated");
    server.post_by(&bob, &format!("{path}/respond"), &yes("bob")).await.expect(200);
    assert_eq!(socket.expect("session_completed").await["session"]["response"]["user_id"], "bob");
}
