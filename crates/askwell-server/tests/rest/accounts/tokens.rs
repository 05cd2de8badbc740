//! Tokens of programs.

use std::time::Duration;

use askwell_core::access::{Role, TokenScope};
use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, question, yes};
use crate::people::{Shows, enter, token};

async fn issue(server: &Harness, who: &Shows, body: Value) -> (Value, Shows) {
    let issued = server.post_by(who, "/api/tokens", &body).await.expect(200);
    (issued["token"].clone(), Shows::Bearer(issued["secret"].as_str().unwrap().to_owned()))
}

#[tokio::test]
async fn a_token_is_shown_once_and_ends_with_its_time() {
    let server = Harness::with_accounts().await;
    let mei = enter(&server, "mei", &[], Role::Member).await;
    let (told, token) = issue(&server, &mei, json!({"name": "ci", "scopes": ["read"], "expires_in": 60})).await;
    let Shows::Bearer(secret) = &token else { panic!() };
    assert!(secret.starts_with("ask_") && secret.len() > 40, "{secret}");
    let list = server.get_by(&mei, "/api/tokens").await;
    assert!(!String::from_utf8_lossy(&list.bytes).contains(secret));
    assert_eq!((&list.expect(200)["tokens"][0]["id"], &told["owner"]), (&told["id"], &json!("mei")));
    server.get_by(&token, "/api/sessions").await.expect(200);
    let me = server.get_by(&token, "/api/me").await.expect(200)["me"].clone();
    assert_eq!((&me["kind"], &me["login"], &me["scopes"]), (&json!("token"), &json!("mei"), &json!(["read"])));
    server.clock.advance(Duration::from_mins(1));
    server.get_by(&token, "/api/sessions").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_token_reaches_its_workflows_alone() {
    let server = Harness::with_accounts().await;
    let (mei, zoe) = (enter(&server, "mei", &[], Role::Member).await, enter(&server, "zoe", &[], Role::Admin).await);
    let of = |workflow: &str| {
        let mut body = question();
        body["workflow_id"] = json!(workflow);
        body["callback_url"] = json!("https://hook.example/x");
        body
    };
    let narrow = json!({"name": "n", "scopes": ["create", "read"], "workflow_prefix": "deploy-"});
    let (_, narrow) = issue(&server, &mei, narrow).await;
    let inside = server.open_by(&narrow, &of("deploy-1")).await;
    server.post_by(&narrow, "/api/sessions", &of("report")).await.problem(403, "forbidden");
    server.post_by(&narrow, "/api/sessions", &question()).await.problem(403, "forbidden");
    let outside = server.open_by(&mei, &of("report")).await;
    let (_, admin) =
        issue(&server, &zoe, json!({"name": "a", "scopes": ["admin"], "workflow_prefix": "deploy-"})).await;
    for token in [&narrow, &admin] {
        server.get_by(token, &inside).await.expect(200);
        server.get_by(token, &outside).await.problem(404, "session_not_found");
        let list = server.get_by(token, "/api/sessions?status=all").await.expect(200);
        assert_eq!((list["sessions"].as_array().unwrap().len(), &list["total"]), (1, &json!(1)));
        assert_eq!(server.get_by(token, "/api/statistics").await.expect(200)["statistics"]["active_sessions"], 1);
        // What is about sessions of everybody.
        for path in ["/api/deliveries", "/api/audit", "/metrics"] {
            server.get_by(token, path).await.problem(403, "forbidden");
        }
        let of = |path: &str| format!("/api/deliveries?session_id={}", path.rsplit('/').next().unwrap());
        server.get_by(token, &of(&inside)).await.expect(200);
        server.get_by(token, &of(&outside)).await.problem(404, "session_not_found");
    }
}

#[tokio::test]
async fn a_revoked_token_and_one_of_a_disabled_person_are_over() {
    let server = Harness::with_accounts().await;
    let (mei, zoe) = (enter(&server, "mei", &[], Role::Member).await, enter(&server, "zoe", &[], Role::Admin).await);
    let bob = enter(&server, "bob", &[], Role::Member).await;
    let (told, first) = issue(&server, &mei, json!({"name": "1", "scopes": ["read"]})).await;
    let second = token(&server, "mei", &[TokenScope::Create]).await;
    let path = format!("/api/tokens/{}", told["id"].as_str().unwrap());
    let delete = async |who: &Shows| server.by(who, Method::DELETE, &path, &Value::Null).await;
    delete(&bob).await.problem(404, "token_not_found");
    delete(&first).await.problem(403, "forbidden");
    server.get_by(&first, "/api/sessions").await.expect(200);
    delete(&mei).await.expect(200);
    // Whoever says it again, as the first answer was lost, is told the same; others hear of it no more than before.
    delete(&mei).await.expect(200);
    delete(&bob).await.problem(404, "token_not_found");
    server.get_by(&first, "/api/sessions").await.problem(401, "unauthenticated");
    server.get_by(&second, "/api/sessions").await.expect(200);
    let disable = json!({"disabled": true});
    server.by(&zoe, Method::PATCH, "/api/users/mei", &disable).await.expect(200);
    server.get_by(&second, "/api/sessions").await.problem(401, "unauthenticated");
    server.post_by(&second, "/api/sessions", &question()).await.problem(401, "unauthenticated");
    server.by(&zoe, Method::PATCH, "/api/users/mei", &json!({"disabled": false})).await.expect(200);
    server.get_by(&second, "/api/sessions").await.expect(200);
    server.get_by(&first, "/api/sessions").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_token_makes_nothing_that_outlives_it() {
    let server = Harness::with_accounts().await;
    let zoe = enter(&server, "zoe", &[], Role::Admin).await;
    let mei = enter(&server, "mei", &[], Role::Member).await;
    let all = token(&server, "zoe", &TokenScope::ALL).await;
    let own = token(&server, "mei", &[TokenScope::Create, TokenScope::Read]).await;
    let session = server.open_by(&all, &question()).await;
    for (path, body) in [
        ("/api/tokens", json!({"name": "t", "scopes": ["read"]})),
        ("/api/tokens", json!({"name": "t", "scopes": ["read"], "owner": "mei"})),
        ("/api/users", json!({"login": "eve", "admin": true})),
        (&*format!("{session}/guest-links"), json!({"name": "g"})),
    ] {
        server.post_by(&all, path, &body).await.problem(403, "forbidden");
    }
    let patch = json!({"admin": true});
    server.by(&all, Method::PATCH, "/api/users/mei", &patch).await.problem(403, "forbidden");
    let password = json!({"current": "x", "password": "another long one"});
    server.by(&all, Method::PUT, "/api/account/password", &password).await.problem(403, "forbidden");
    server.get_by(&own, "/api/audit").await.problem(403, "forbidden");
    server.get_by(&mei, "/api/audit").await.problem(403, "forbidden");
    server.get_by(&all, "/api/audit").await.expect(200);
    // A person gives no more than they have, and nothing in another's name.
    for body in [json!({"name": "t", "scopes": ["admin"]}), json!({"name": "t", "scopes": ["read"], "owner": "zoe"})] {
        server.post_by(&mei, "/api/tokens", &body).await.problem(403, "forbidden");
    }
    server
        .post_by(&zoe, "/api/tokens", &json!({"name": "t", "scopes": ["respond"]}))
        .await
        .problem(422, "validation_failed");
    // However it is said: no token answers.
    server.post_by(&all, &format!("{session}/respond"), &yes("zoe")).await.problem(403, "forbidden");
}

#[tokio::test]
async fn rights_that_were_taken_away_are_taken_from_tokens() {
    let server = Harness::with_accounts().await;
    let zoe = enter(&server, "zoe", &[], Role::Admin).await;
    enter(&server, "kim", &[], Role::Admin).await;
    let of_kim = token(&server, "kim", &[TokenScope::Admin]).await;
    server.get_by(&of_kim, "/api/audit").await.expect(200);
    server.by(&zoe, Method::PATCH, "/api/users/kim", &json!({"admin": false})).await.expect(200);
    server.get_by(&of_kim, "/api/audit").await.problem(403, "forbidden");
}
