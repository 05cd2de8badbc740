//! Who may do what, with accounts on.

use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{BearerClaims, BearerTokens, ExternalIdentity, SignInError};
use askwell_core::access::{Role, TokenScope};
use askwell_server::{McpOptions, ServerOptions};
use async_trait::async_trait;
use axum::http::Method;
use futures::FutureExt as _;
use jiff::Timestamp;
use serde_json::json;

use super::client::Client;
use crate::harness::{Harness, accounts};
use crate::people::{Shows, add, enter, sign_in, token};

const METADATA: &str = "http://localhost:8096/.well-known/oauth-protected-resource/mcp";

#[tokio::test]
async fn nobody_learns_where_to_get_a_token() {
    let server = Harness::with_accounts().await;
    let ann = enter(&server, "ann", &[], Role::Member).await;
    let client = Client::new(&server);
    let message = client.message(1, "tools/list", &json!({}));
    // A cookie and a password are what browsers add by themselves: they do not count here.
    let basic = [("authorization", "Basic YW5uOmNvcnJlY3QgaG9yc2UgYmF0dGVyeQ==")];
    let nonsense = [("authorization", "Bearer ask_nonsense")];
    for more in [&[][..], &basic, &nonsense] {
        let reply = client.post(&message, more).await;
        reply.problem(401, "unauthenticated");
        assert!(reply.header("www-authenticate").contains(&format!("resource_metadata=\"{METADATA}\"")));
    }
    let by_cookie = Client::new(&server).by(&ann);
    by_cookie.post(&message, &[]).await.problem(401, "unauthenticated");
    for path in ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"] {
        let metadata = server.get(path).await.expect(200);
        assert_eq!(metadata["resource"], "http://localhost:8096/mcp");
        assert_eq!(metadata["bearer_methods_supported"], json!(["header"]));
        assert!(metadata["authorization_servers"].is_null());
    }
}

#[tokio::test]
async fn nobody_takes_the_sessions_of_all() {
    let mcp = McpOptions { max_sessions: 4, ..McpOptions::default() };
    let server = Harness::idle(ServerOptions { mcp, ..ServerOptions::default() }, accounts).start().await;
    for name in ["ann", "bob"] {
        enter(&server, name, &[], Role::Member).await;
    }
    let quiet = token(&server, "ann", &[TokenScope::Create]).await;
    let loud = token(&server, "bob", &[TokenScope::Create]).await;
    let kept = Client::new(&server).by(&quiet).legacy("2025-06-18").await;
    for _ in 0..6 {
        Client::new(&server).by(&loud).legacy("2025-06-18").await;
    }
    assert_eq!(kept.post(&kept.message(1, "tools/list", &json!({})), &[]).await.status, 200);
}

#[tokio::test]
async fn the_metadata_say_what_the_owner_says() {
    let mcp = McpOptions {
        resource: Some("https://ask.example/mcp".to_owned()),
        authorization_servers: vec!["https://id.example".to_owned()],
        ..McpOptions::default()
    };
    let options = ServerOptions { mcp, ..ServerOptions::default() };
    let server = Harness::idle(options.clone(), accounts).start().await;
    let metadata = server.get("/.well-known/oauth-protected-resource/mcp").await.expect(200);
    assert_eq!(metadata["resource"], "https://ask.example/mcp");
    assert_eq!(metadata["authorization_servers"], json!(["https://id.example"]));
    // Where nobody must sign in there is nothing to get a token for.
    let open = Harness::with(options).await;
    open.get("/.well-known/oauth-protected-resource/mcp").await.problem(404, "route_not_found");
}

#[tokio::test]
async fn a_token_asks_and_a_person_answers() {
    let server = Harness::with_accounts().await;
    add(&server, "ann", &[], Role::Member).await;
    let bob = enter(&server, "bob", &[], Role::Member).await;
    let agent = token(&server, "ann", &[TokenScope::Create]).await;
    let client = Client::new(&server).by(&agent).named("cursor");
    let asked = client.told("ask_human", &json!({"title": "x", "wait_seconds": 0})).await;
    let path = format!("/api/sessions/{}", asked["request_id"].as_str().unwrap());
    let session = server.get_by(&bob, &path).await.expect(200)["session"].clone();
    assert_eq!((&session["requester"], &session["metadata"]["mcp"]["client"]), (&json!("ann"), &json!("cursor")));
    let answer = json!({"response": {"choice": "confirm"}});
    server.post_by(&agent, &format!("{path}/respond"), &answer).await.problem(403, "forbidden");
    server.post_by(&bob, &format!("{path}/respond"), &answer).await.expect(200);
    let fetched = client.told("get_response", &json!({"request_id": asked["request_id"]})).await;
    assert_eq!(fetched["response"]["choice"], "confirm");
}

#[tokio::test]
async fn a_token_that_may_not_ask_is_told_which_scope_it_lacks() {
    let server = Harness::with_accounts().await;
    add(&server, "ann", &[], Role::Member).await;
    let reads = token(&server, "ann", &[TokenScope::Read]).await;
    let new = Client::new(&server).by(&reads);
    let old = Client::new(&server).by(&reads).legacy("2025-06-18").await;
    for client in [&new, &old] {
        for tool in ["ask_human", "request_approval", "notify_human", "permission_prompt"] {
            let message = client.message(1, "tools/call", &json!({"name": tool, "arguments": {"title": "x"}}));
            let reply = client.post(&message, &[]).await;
            reply.problem(403, "forbidden");
            let challenge = reply.header("www-authenticate");
            assert!(challenge.contains("error=\"insufficient_scope\"") && challenge.contains("scope=\"create\""));
        }
        assert_eq!(client.told("list_requests", &json!({})).await["total"], 0);
    }
}

/// Takes tokens that say what they are for.
struct Vouches;

impl Vouches {
    fn judge(token: &str, audience: &str, now: Timestamp) -> Result<BearerClaims, SignInError> {
        if !token.starts_with(audience) {
            return Err(SignInError::Refused("for somebody else".to_owned()));
        }
        let identity = ExternalIdentity {
            issuer: "jwt".to_owned(),
            subject: "ann".to_owned(),
            login_hint: None,
            name: None,
            email: None,
            groups: None,
        };
        let expires_at = if token.contains(".hour.") { now + Duration::from_hours(1) } else { Timestamp::MAX };
        Ok(BearerClaims { identity, expires_at, id: None })
    }
}

#[async_trait]
impl BearerTokens for Vouches {
    async fn verify(&self, token: &str, now: Timestamp) -> Result<BearerClaims, SignInError> {
        Self::judge(token, "api.", now)
    }

    async fn verify_for_mcp(&self, token: &str, now: Timestamp) -> Result<BearerClaims, SignInError> {
        Self::judge(token, "mcp.", now)
    }
}

#[tokio::test]
async fn a_signed_token_is_for_this_endpoint_or_for_the_rest() {
    for first in ["api.x.y", "mcp.x.y"] {
        let server = Harness::with_bearer(Arc::new(Vouches)).await;
        add(&server, "ann", &[], Role::Member).await;
        // In both orders, as what was let in is remembered.
        for token in [first, "api.x.y", "mcp.x.y"] {
            let shows = Shows::Bearer(token.to_owned());
            let client = Client::new(&server).by(&shows);
            let message = client.message(1, "tools/list", &json!({}));
            let (here, there) = if token == "mcp.x.y" { (200, 401) } else { (401, 200) };
            assert_eq!(client.post(&message, &[]).await.status, here, "{token}");
            assert_eq!(server.get_by(&shows, "/api/sessions").await.status, there, "{token}");
        }
    }
}

#[tokio::test]
async fn whoever_comes_with_a_new_token_goes_on_hearing() {
    let server = Harness::with_bearer(Arc::new(Vouches)).await;
    add(&server, "ann", &[], Role::Member).await;
    let old = Shows::Bearer("mcp.hour.y".to_owned());
    let mut client = Client::new(&server).by(&old).legacy("2025-06-18").await;
    let pending = json!({"uri": "askwell://requests/pending"});
    assert!(client.ask("resources/subscribe", &pending).await["error"].is_null());
    let mut beside = client.listen(None).await;
    server.advance(Duration::from_hours(1)).await;
    assert_eq!(beside.next().await, None, "its token has expired");
    drop(beside);
    client.shows = Shows::Bearer("mcp.x.y".to_owned());
    let mut beside = client.listen(None).await;
    // What was missed is not known, so everything is told of; then what happens is told again.
    let mut heard = None;
    for _ in 0..1_000 {
        client.told("list_requests", &json!({})).await;
        heard = beside.next().now_or_never();
        if heard.is_some() {
            break;
        }
    }
    assert_eq!(heard.flatten().map(|heard| heard["params"].clone()), Some(pending.clone()));
    client.told("ask_human", &json!({"title": "x", "wait_seconds": 0})).await;
    assert_eq!(beside.next().await.unwrap()["params"], pending);
}

/// What each tool says to a token of the requester's that creates, one that reads, and an administrator's: `y` it does
/// it, `s` the scope is too small (403), `n` it may not (an error of the tool).
const TOOLS: [(&str, [char; 3]); 7] = [
    ("ask_human", ['y', 's', 's']),
    ("request_approval", ['y', 's', 's']),
    ("get_response", ['y', 'y', 'y']),
    ("cancel_request", ['y', 'n', 'n']),
    ("list_requests", ['y', 'y', 'y']),
    ("notify_human", ['y', 's', 's']),
    ("permission_prompt", ['y', 's', 's']),
];

#[tokio::test]
async fn every_tool_has_its_row() {
    let server = Harness::with_accounts().await;
    add(&server, "ann", &[], Role::Member).await;
    add(&server, "zoe", &[], Role::Admin).await;
    let creates = token(&server, "ann", &[TokenScope::Create]).await;
    let reads = token(&server, "ann", &[TokenScope::Read]).await;
    let administers = token(&server, "zoe", &[TokenScope::Admin]).await;
    let owner = Client::new(&server).by(&creates);
    let listed = owner.ask("tools/list", &json!({})).await;
    let names = listed["result"]["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), TOOLS.map(|(name, _)| name), "say here who may call it");
    for (tool, expected) in TOOLS {
        for (who, expected) in [&creates, &reads, &administers].into_iter().zip(expected) {
            let asked = owner.told("ask_human", &json!({"title": "x", "wait_seconds": 0})).await;
            let arguments = match tool {
                "ask_human" | "notify_human" => json!({"title": "y", "wait_seconds": 0}),
                "request_approval" => json!({"action": "y", "wait_seconds": 0}),
                "permission_prompt" => json!({}),
                _ => json!({"request_id": asked["request_id"], "wait_seconds": 0}),
            };
            let client = Client::new(&server).by(who);
            let message = client.message(1, "tools/call", &json!({"name": tool, "arguments": arguments}));
            let reply = client.post(&message, &[]).await;
            let text = String::from_utf8(reply.bytes).unwrap();
            let found = match reply.status {
                403 => 's',
                200 if text.contains("\"isError\":true") => 'n',
                200 => 'y',
                status => panic!("{tool} {who:?}: {status}"),
            };
            assert_eq!(found, expected, "{tool} {who:?}: {text}");
        }
    }
}

#[tokio::test]
async fn what_is_anothers_does_not_exist() {
    let server = Harness::with_accounts().await;
    add(&server, "ann", &[], Role::Member).await;
    add(&server, "eve", &[], Role::Member).await;
    let ask = [TokenScope::Create, TokenScope::Read];
    let (ann, eve) = (token(&server, "ann", &ask).await, token(&server, "eve", &ask).await);
    let asks = Client::new(&server).by(&ann);
    let asked = asks.told("ask_human", &json!({"title": "MARK7f3a", "wait_seconds": 0})).await;
    let id = asked["request_id"].as_str().unwrap();
    let pries = Client::new(&server).by(&eve).with_tasks();
    let nothing = "00000000-0000-7000-8000-000000000000";
    for tool in ["get_response", "cancel_request"] {
        let told = pries.refused(tool, &json!({ "request_id": id })).await;
        assert_eq!(told, pries.refused(tool, &json!({ "request_id": nothing })).await);
    }
    for (method, params) in [
        ("tasks/get", json!({ "taskId": id })),
        ("tasks/cancel", json!({ "taskId": id })),
        ("resources/read", json!({"uri": format!("askwell://requests/{id}")})),
    ] {
        let told = pries.ask(method, &params).await;
        let of_nothing: serde_json::Value = serde_json::from_str(&params.to_string().replace(id, nothing)).unwrap();
        let nothing = pries.ask(method, &of_nothing).await.to_string().replace(nothing, id);
        assert!(told["error"].is_object());
        assert_eq!(told.to_string(), nothing);
    }
    assert_eq!(pries.told("list_requests", &json!({})).await["total"], 0);
    let pending = pries.ask("resources/read", &json!({"uri": "askwell://requests/pending"})).await;
    assert!(!pending.to_string().contains("MARK7f3a"));
    assert_eq!(asks.told("get_response", &json!({"request_id": id, "wait_seconds": 0})).await["status"], "pending");
}

#[tokio::test]
async fn a_session_of_the_protocol_is_its_principals_alone() {
    let server = Harness::with_accounts().await;
    add(&server, "ann", &[], Role::Member).await;
    add(&server, "eve", &[], Role::Member).await;
    let (ann, eve) =
        (token(&server, "ann", &[TokenScope::Create]).await, token(&server, "eve", &[TokenScope::Create]).await);
    let own = Client::new(&server).by(&ann).legacy("2025-06-18").await;
    let stolen = Client { shows: eve, ..Client::new(&server) };
    let mut stolen = stolen.legacy("2025-06-18").await;
    stolen.session.clone_from(&own.session);
    let message = stolen.message(1, "tools/list", &json!({}));
    assert_eq!(stolen.post(&message, &[]).await.status, 404);
    assert_eq!(stolen.listen(None).await.status, 404);
    let (name, value) = stolen.shows.header().unwrap();
    let session = own.session.as_deref().unwrap();
    server.call(Method::DELETE, "/mcp", &[(name, &value), ("mcp-session-id", session)], "").await;
    assert_eq!(own.post(&message, &[]).await.status, 200, "nobody else ends it");
}

#[tokio::test]
async fn a_token_that_is_revoked_ends_its_call() {
    let server = Harness::with_accounts().await;
    add(&server, "ann", &[], Role::Member).await;
    let agent = token(&server, "ann", &[TokenScope::Create]).await;
    let client = Client::hearing(&server).by(&agent);
    let params = json!({"name": "ask_human", "arguments": {"title": "x", "wait_seconds": 600}});
    let mut stream = client.open(&client.message(1, "tools/call", &params)).await;
    stream.next().await.unwrap();
    let ann: Shows = sign_in(&server, "ann").await;
    let tokens = server.get_by(&ann, "/api/tokens").await.expect(200);
    let id = tokens["tokens"][0]["id"].as_str().unwrap();
    server.by(&ann, Method::DELETE, &format!("/api/tokens/{id}"), &serde_json::Value::Null).await.expect(200);
    let answer = stream.next().await.unwrap();
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    assert!(answer["result"]["content"][0]["text"].as_str().unwrap().contains("unauthenticated"));
}
