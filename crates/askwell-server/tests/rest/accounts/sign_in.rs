//! Signing in and out, and what a request shows.

use std::time::Duration;

use askwell_app::SignIn;
use askwell_core::access::{Role, TokenScope};
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{Harness, accounts, question};
use crate::people::{PASSWORD, Shows, add, add_silent, console, cookie_of, enter, sign_in, tampered, token};

fn basic(login: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{login}:{password}")))
}

async fn me(server: &Harness, who: &Shows) -> Value {
    server.get_by(who, "/api/me").await.expect(200)["me"].clone()
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_told_alike() {
    let server = Harness::with_accounts().await;
    add(&server, "mei", &[], Role::Member).await;
    add_silent(&server, "kay").await;
    let headers = [("content-type", "application/json"), ("x-request-id", "same")];
    let mut told = Vec::new();
    for (login, password) in
        [("mei", "wrong"), ("nobody", "wrong"), ("kay", PASSWORD), ("no login!", PASSWORD), ("mei", &"x".repeat(2_000))]
    {
        let body = json!({"login": login, "password": password}).to_string();
        let reply = server.call(Method::POST, "/api/login", &headers, body).await;
        reply.problem(401, "bad_credentials");
        assert!(reply.headers.get("set-cookie").is_none());
        told.push(reply.bytes);
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]));
    let good = server.post("/api/login", &json!({"login": " MEI", "password": PASSWORD})).await;
    let body = good.expect(200);
    assert_eq!(
        (&body["me"]["kind"], &body["me"]["login"], &body["me"]["admin"]),
        (&json!("user"), &json!("mei"), &json!(false))
    );
    let cookie = good.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}

#[tokio::test]
async fn a_sign_in_ends_by_sign_out_and_by_time() {
    let server = Harness::with_accounts().await;
    let mei = enter(&server, "mei", &[], Role::Member).await;
    let again = sign_in(&server, "mei").await;
    assert_eq!(me(&server, &mei).await["login"], "mei");
    let out = server.post_by(&mei, "/api/logout", &json!({})).await;
    out.expect(200);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(me(&server, &mei).await, Value::Null);
    server.get_by(&mei, "/api/sessions").await.problem(401, "unauthenticated");
    server.get_by(&again, "/api/sessions").await.expect(200);
    let logins = server.get_by(&again, "/api/account/logins").await.expect(200)["logins"].clone();
    assert_eq!((logins.as_array().unwrap().len(), &logins[0]["current"]), (1, &json!(true)));
    server.clock.advance(Duration::from_hours(12) - Duration::from_millis(1));
    server.get_by(&again, "/api/sessions").await.expect(200);
    server.clock.advance(Duration::from_millis(1));
    server.get_by(&again, "/api/sessions").await.problem(401, "unauthenticated");
    // What is over keeps nobody from signing in again.
    let reply = server.post_by(&again, "/api/login", &json!({"login": "mei", "password": PASSWORD})).await;
    reply.expect(200);
}

#[tokio::test]
async fn a_new_password_ends_all_other_sign_ins() {
    let server = Harness::with_accounts().await;
    let mei = enter(&server, "mei", &[], Role::Member).await;
    let other = sign_in(&server, "mei").await;
    let put = async |current: &str, password: &str| {
        server.by(&mei, Method::PUT, "/api/account/password", &json!({"current": current, "password": password})).await
    };
    put("wrong", "a good long one").await.problem(401, "bad_credentials");
    put(PASSWORD, "short").await.problem(422, "validation_failed");
    server.get_by(&other, "/api/sessions").await.expect(200);
    put(PASSWORD, "a good long one").await.expect(200);
    server.get_by(&other, "/api/sessions").await.problem(401, "unauthenticated");
    server.get_by(&mei, "/api/sessions").await.expect(200);
    let sign_in =
        async |password: &str| server.post("/api/login", &json!({"login": "mei", "password": password})).await;
    sign_in(PASSWORD).await.problem(401, "bad_credentials");
    sign_in("a good long one").await.expect(200);
}

#[tokio::test]
async fn one_of_ones_own_sign_ins_can_be_ended() {
    let server = Harness::with_accounts().await;
    let (mei, bob) = (enter(&server, "mei", &[], Role::Member).await, enter(&server, "bob", &[], Role::Admin).await);
    let other = sign_in(&server, "mei").await;
    let logins = server.get_by(&mei, "/api/account/logins").await.expect(200)["logins"].clone();
    let at = logins.as_array().unwrap().iter().find(|login| login["current"] == false).unwrap();
    let path = format!("/api/account/logins/{}", at["id"].as_str().unwrap());
    // Not even an administrator's: it is theirs alone.
    server.by(&bob, Method::DELETE, &path, &Value::Null).await.problem(404, "login_not_found");
    server.by(&mei, Method::DELETE, &path, &Value::Null).await.expect(200);
    server.get_by(&other, "/api/sessions").await.problem(401, "unauthenticated");
    server.get_by(&mei, "/api/sessions").await.expect(200);
}

#[tokio::test]
async fn the_first_administrator_is_made_once() {
    let server = Harness::with_accounts().await;
    let secret = server.app.offer_set_up().await.unwrap().unwrap();
    assert_eq!(server.get("/api/me").await.expect(200)["auth"]["setup"], true);
    let set_up = async |secret: &str, password: &str| {
        server.post("/api/setup", &json!({"secret": secret, "login": "zoe", "password": password})).await
    };
    set_up("another", PASSWORD).await.problem(401, "bad_setup_secret");
    set_up(&secret, "short").await.problem(422, "validation_failed");
    let made = set_up(&secret, PASSWORD).await;
    assert_eq!(made.expect(200)["me"]["admin"], true);
    let zoe = Shows::Cookie(cookie_of(&made));
    server.get_by(&zoe, "/api/users").await.expect(200);
    set_up(&secret, PASSWORD).await.problem(409, "already_set_up");
    assert_eq!(server.get("/api/me").await.expect(200)["auth"]["setup"], false);
    assert_eq!(server.app.offer_set_up().await.unwrap(), None);
}

#[tokio::test]
async fn there_is_always_an_administrator() {
    let server = Harness::with_accounts().await;
    let zoe = enter(&server, "zoe", &[], Role::Admin).await;
    let patch =
        async |login: &str, body: Value| server.by(&zoe, Method::PATCH, &format!("/api/users/{login}"), &body).await;
    patch("zoe", json!({"admin": false})).await.problem(409, "last_admin");
    patch("zoe", json!({"disabled": true})).await.problem(409, "last_admin");
    let add = async |body: Value| server.post_by(&zoe, "/api/users", &body).await;
    add(json!({"login": "ann", "admin": true})).await.expect(200);
    add(json!({"login": "ANN"})).await.problem(409, "login_taken");
    add(json!({"login": "zoe"})).await.problem(409, "login_taken");
    patch("ann", json!({"disabled": true})).await.expect(200);
    patch("zoe", json!({"admin": false})).await.problem(409, "last_admin");
    // A login that is gone is nobody else's.
    add(json!({"login": "ann"})).await.problem(409, "login_taken");
    patch("ann", json!({"disabled": false})).await.expect(200);
    patch("zoe", json!({"admin": false})).await.expect(200);
    server.get_by(&zoe, "/api/users").await.problem(403, "forbidden");
}

#[tokio::test]
async fn what_a_request_shows_counts_as_a_whole() {
    let server = Harness::with_accounts().await;
    let mei = enter(&server, "mei", &[], Role::Member).await;
    let (Shows::Cookie(cookie), Shows::Bearer(good)) = (&mei, token(&server, "mei", &[TokenScope::Read]).await) else {
        panic!()
    };
    let cookie = format!("askwell={cookie}");
    let bearer = |text: &str| format!("Bearer {text}");
    let tampered = tampered(&good);
    // Who means a token means no cookie: a wrong one is not made good by it.
    for (authorization, status) in [
        (bearer(&good), 200),
        (good.clone(), 401),
        (bearer(&tampered), 401),
        (bearer(""), 401),
        (bearer("x.y.z"), 401),
        ("Digest username=\"mei\"".to_owned(), 401),
        ("Basic !!".to_owned(), 401),
        (basic("mei", "wrong"), 401),
        (basic("mei", PASSWORD), 200),
    ] {
        for with_cookie in [true, false] {
            let mut headers = vec![("authorization", authorization.as_str())];
            headers.extend(with_cookie.then_some(("cookie", cookie.as_str())));
            let reply = server.call(Method::GET, "/api/sessions", &headers, "").await;
            assert_eq!(reply.status, status, "{authorization}, cookie {with_cookie}");
            // A token holds no place for what a cookie's person may do.
            let opened = server.call(Method::GET, "/api/people", &headers, "").await;
            let expected = if authorization == bearer(&good) { 403 } else { status };
            assert_eq!(opened.status, expected, "{authorization}, cookie {with_cookie}");
        }
    }
    // What is good by one way is not so by another, however lately it was let in by the first.
    server.call(Method::GET, "/api/sessions", &[("cookie", &cookie)], "").await.expect(200);
    let (_, secret) = cookie.split_once('=').unwrap();
    let crossed = [("authorization", bearer(secret)), ("cookie", format!("askwell={good}"))];
    for (name, value) in &crossed {
        let reply = server.call(Method::GET, "/api/sessions", &[(*name, value.as_str())], "").await;
        reply.problem(401, "unauthenticated");
    }
    let twice = [("authorization", bearer(&good)), ("authorization", bearer(&good))];
    let twice: Vec<_> = twice.iter().map(|(name, value)| (*name, value.as_str())).collect();
    server.call(Method::GET, "/api/sessions", &twice, "").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn nobody_is_told_how_to_sign_in() {
    let server = Harness::with_accounts().await;
    let challenges = async |server: &Harness, headers: &[(&str, &str)]| {
        let reply = server.call(Method::GET, "/api/sessions", headers, "").await;
        reply.problem(401, "unauthenticated");
        let values = reply.headers.get_all("www-authenticate").iter();
        values.map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (bearer, with_password) = ("Bearer realm=\"askwell\"", "Basic realm=\"askwell\", charset=\"UTF-8\"");
    assert_eq!(challenges(&server, &[]).await, [bearer, with_password]);
    // A page asks in its own window, not in the browser's.
    let page = [("sec-fetch-mode", "cors"), ("sec-fetch-site", "same-origin")];
    assert_eq!(challenges(&server, &page).await, [bearer]);
    let without = Harness::tuned(|settings| {
        accounts(settings);
        settings.accounts.as_mut().unwrap().ways = vec![askwell_app::Way::Password];
    });
    let without = without.await;
    assert_eq!(challenges(&without, &[]).await, [bearer]);
    add(&without, "mei", &[], Role::Member).await;
    let headers = [("authorization", basic("mei", PASSWORD))];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    without.call(Method::GET, "/api/sessions", &headers, "").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_key_is_its_principals_own() {
    let server = Harness::with_accounts().await;
    let (mei, bob) = (enter(&server, "mei", &[], Role::Member).await, enter(&server, "bob", &[], Role::Member).await);
    let of_mei = token(&server, "mei", &[TokenScope::Create]).await;
    let open = async |who: &Shows, title: &str| {
        let mut body = question();
        body["interaction_data"]["title"] = json!(title);
        body["candidates"] = json!(["kay"]);
        let (name, value) = who.header().unwrap();
        let headers = [("content-type", "application/json"), ("idempotency-key", "k"), (name, value.as_str())];
        server.call(Method::POST, "/api/sessions", &headers, body.to_string()).await
    };
    let id = async |who: &Shows, title: &str| open(who, title).await.expect(200)["session_id"].clone();
    let first = id(&mei, "a").await;
    assert_eq!(id(&mei, "a").await, first);
    open(&mei, "b").await.problem(422, "idempotency_mismatch");
    let others = [id(&bob, "b").await, id(&of_mei, "c").await];
    assert!(!others.contains(&first) && others[0] != others[1]);
    open(&bob, "a").await.problem(422, "idempotency_mismatch");
}

#[tokio::test]
async fn a_reviews_name_is_its_requesters_own() {
    let server = Harness::with_accounts().await;
    let (mei, bob) = (enter(&server, "mei", &[], Role::Member).await, enter(&server, "bob", &[], Role::Member).await);
    let kay = enter(&server, "kay", &[], Role::Member).await;
    let of_mei = token(&server, "mei", &[TokenScope::Create, TokenScope::Read]).await;
    let of_bob = token(&server, "bob", &[TokenScope::Create, TokenScope::Read]).await;
    let ask = async |who: &Shows, message: &str| {
        let body = json!({"request_id": "r-1", "checkpoint_name": "c", "context_message": message, "data_for_review": {},
            "node_id": "n", "current_attempt": 1, "timestamp": "2025-06-17T10:30:00"});
        server.post_by(who, "/api/system/hitl-request", &body).await
    };
    ask(&of_mei, "mei's").await.expect(200);
    ask(&mei, "mei's").await.expect(200);
    assert_eq!(ask(&mei, "another").await.status, 409);
    ask(&of_bob, "bob's").await.expect(200);
    let list = server.get_by(&kay, "/api/sessions").await.expect(200);
    assert_eq!(list["sessions"].as_array().unwrap().len(), 2);
    // Each program finds its own, the other's is none of its business.
    let answer = json!({"response": {"action": "approve"}, "comment": "seen"});
    let of = |whose: &str| {
        let sessions = list["sessions"].as_array().unwrap();
        let found = sessions.iter().find(|session| session["interaction_data"]["message"] == whose).unwrap();
        format!("/api/sessions/{}/respond", found["session_id"].as_str().unwrap())
    };
    server.post_by(&kay, &of("bob's"), &answer).await.expect(200);
    let outcome = async |who: &Shows| server.get_by(who, "/api/system/hitl-response/r-1").await;
    assert_eq!((outcome(&of_mei).await.status, outcome(&of_bob).await.status), (404, 200));
    assert_eq!(outcome(&bob).await.status, 200);
}

#[tokio::test]
async fn without_the_way_nobody_signs_in_by_it() {
    let server = Harness::tuned(|settings| {
        accounts(settings);
        settings.accounts.as_mut().unwrap().ways = vec![askwell_app::Way::Basic];
    });
    let server = server.await;
    add(&server, "mei", &[], Role::Member).await;
    server.post("/api/login", &json!({"login": "mei", "password": PASSWORD})).await.problem(401, "bad_credentials");
    let with = SignIn::default();
    assert!(server.app.sign_in(&console(), "mei", PASSWORD, with).await.is_err());
}
