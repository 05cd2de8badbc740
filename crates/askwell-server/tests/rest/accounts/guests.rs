//! Links for people without an account.

use std::time::Duration;

use askwell_core::access::Role;
use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, Reply, question, types, yes};
use crate::people::{Shows, cookie_of, enter};

/// A server, whoever asks, whoever answers, and a session between them.
async fn scene() -> (Harness, Shows, Shows, String) {
    let server = Harness::with_accounts().await;
    let (ann, bob) = (enter(&server, "ann", &[], Role::Member).await, enter(&server, "bob", &[], Role::Member).await);
    let mut body = question();
    body["candidates"] = json!(["bob"]);
    let path = server.open_by(&ann, &body).await;
    (server, ann, bob, path)
}

async fn invite(server: &Harness, path: &str, who: &Shows) -> (String, String) {
    let body = json!({"name": "李经理"});
    let invited = server.post_by(who, &format!("{path}/guest-links"), &body).await.expect(200);
    let (address, secret) = invited["url"].as_str().unwrap().split_once('#').unwrap();
    assert!(address.ends_with("/g"), "the secret stands in the fragment alone: {address}");
    (invited["link"]["id"].as_str().unwrap().to_owned(), secret.to_owned())
}

async fn go_in(server: &Harness, secret: &str) -> Reply {
    server.post("/api/guest", &json!({"secret": secret})).await
}

#[tokio::test]
async fn a_link_lets_in_once_to_one_session() {
    let (server, ann, bob, path) = scene().await;
    let (link, secret) = invite(&server, &path, &bob).await;
    go_in(&server, "no link of ours").await.problem(401, "bad_link");
    let entered = go_in(&server, &secret).await;
    let body = entered.expect(200);
    assert_eq!(
        (&body["me"]["kind"], format!("/api/sessions/{}", body["session_id"].as_str().unwrap())),
        (&json!("guest"), path.clone())
    );
    let guest = Shows::Cookie(cookie_of(&entered));
    go_in(&server, &secret).await.problem(410, "link_used");
    let other = server.open_by(&ann, &question()).await;
    server.get_by(&guest, &other).await.problem(404, "session_not_found");
    server.post_by(&guest, &format!("{other}/respond"), &yes("x")).await.problem(404, "session_not_found");
    let may = server.get_by(&guest, &path).await.expect(200)["session"]["may"].clone();
    assert_eq!((&may["respond"], &may["invite"], &may["cancel"]), (&json!(true), &json!(false), &json!(false)));
    server.post_by(&guest, &format!("{path}/claim"), &json!({})).await.expect(200);
    let answered = server.post_by(&guest, &format!("{path}/respond"), &yes("somebody else")).await.expect(200);
    assert_eq!(answered["session"]["response"]["user_id"], "guest:李经理");
    // They may look at what they did, for a while.
    server.get_by(&guest, &path).await.expect(200);
    server.clock.advance(Duration::from_mins(5));
    server.get_by(&guest, &path).await.problem(401, "unauthenticated");
    let links = server.get_by(&bob, &format!("{path}/guest-links")).await.expect(200)["links"].clone();
    assert_eq!((&links[0]["id"], &links[0]["invited_by"]), (&json!(link), &json!("bob")));
    assert!(links[0]["used_at"].is_string() && !links.to_string().contains(&secret));
    server.post_by(&bob, &format!("{path}/guest-links"), &json!({"name": "g"})).await.problem(409, "session_closed");
}

#[tokio::test]
async fn a_link_that_is_over_lets_nobody_in() {
    let (server, _, bob, path) = scene().await;
    let (_, late) = invite(&server, &path, &bob).await;
    let (link, back) = invite(&server, &path, &bob).await;
    let (_, open) = invite(&server, &path, &bob).await;
    let guest = Shows::Cookie(cookie_of(&go_in(&server, &open).await));
    let delete =
        async |link: &str| server.by(&bob, Method::DELETE, &format!("{path}/guest-links/{link}"), &Value::Null).await;
    delete(&link).await.expect(200);
    go_in(&server, &back).await.problem(410, "link_used");
    let links = server.get_by(&bob, &format!("{path}/guest-links")).await.expect(200)["links"].clone();
    let used = links.as_array().unwrap().iter().find(|link| link["used_at"].is_string()).unwrap();
    server.get_by(&guest, &path).await.expect(200);
    delete(used["id"].as_str().unwrap()).await.expect(200);
    server.get_by(&guest, &path).await.problem(401, "unauthenticated");
    server.post_by(&guest, &format!("{path}/respond"), &yes("x")).await.problem(401, "unauthenticated");
    // The session's end is the link's.
    server.advance(Duration::from_mins(5)).await;
    go_in(&server, &late).await.problem(410, "link_used");
}

#[tokio::test]
async fn only_who_may_answer_invites() {
    let (server, ann, bob, path) = scene().await;
    let eve = enter(&server, "eve", &[], Role::Member).await;
    let zoe = enter(&server, "zoe", &[], Role::Admin).await;
    let links = format!("{path}/guest-links");
    let body = json!({"name": "g"});
    // Whoever asked would answer themselves by a link.
    server.post_by(&ann, &links, &body).await.problem(403, "forbidden");
    server.post_by(&eve, &links, &body).await.problem(404, "session_not_found");
    server.post_by(&bob, &links, &body).await.expect(200);
    server.post_by(&zoe, &links, &body).await.expect(200);
    for wrong in
        [json!({"name": " "}), json!({"name": "x".repeat(65)}), json!({}), json!({"name": "g", "expires_in": 0})]
    {
        server.post_by(&bob, &links, &wrong).await.problem(422, "validation_failed");
    }
}

/// A link may be fetched before anybody has read it, by a mail server or a browser that looks ahead.
#[tokio::test]
async fn looking_decides_nothing() {
    let (server, _, bob, path) = scene().await;
    let (_, secret) = invite(&server, &path, &bob).await;
    let history = format!("{path}/events");
    let before = server.get_by(&bob, &history).await.expect(200);
    let description = askwell_server::openapi();
    let id = path.rsplit('/').next().unwrap();
    let paths = description["paths"].as_object().unwrap().keys().cloned();
    for template in paths.chain(["/g".to_owned(), "/".to_owned(), format!("/r/{id}")]) {
        let filled = template
            .replace("{session_id}", id)
            .replace("{request_id}", id)
            .replace("{link_id}", &secret)
            .replace("{file_id}", id)
            .replace("{delivery_id}", id)
            .replace("{login}", "bob")
            .replace("{id}", &secret);
        for method in [Method::GET, Method::HEAD] {
            for query in ["", &*format!("?secret={secret}&response=confirm&action=approve&choice=confirm")] {
                let path = format!("{filled}{query}");
                let reply = server.by(&bob, method.clone(), &path, &Value::Null).await;
                assert!(
                    reply
                        .headers
                        .get("set-cookie")
                        .is_none_or(|cookie| !cookie.to_str().unwrap().starts_with("askwell=")),
                    "{path}"
                );
                server.by(&Shows::Nothing, method.clone(), &path, &Value::Null).await;
            }
        }
    }
    let after = server.get_by(&bob, &history).await.expect(200);
    assert_eq!(types(&after), types(&before));
    assert_eq!(types(&after), ["opened"]);
    // Neither was the link used up, nor anybody signed out.
    go_in(&server, &secret).await.expect(200);
}
