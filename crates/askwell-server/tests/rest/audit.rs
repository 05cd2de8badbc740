//! The audit over HTTP: a page of it, and all of it as evidence.

use std::sync::Arc;

use askwell_app::ports::AuditQuery;
use askwell_app::{Access, AppError, Caller, Channel, UserChange};
use askwell_core::access::{Principal, Role, Scopes, Token, TokenId, TokenScope, User};
use askwell_core::audit::ndjson::Reader;
use axum::http::Method;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::harness::{Harness, question, request, yes};
use crate::people::{console, enter};

fn caller(principal: Principal) -> Caller {
    Caller { principal, ..Caller::local(Channel::Rest, "en", "req-1") }
}

fn user(login: &str, role: Role) -> Caller {
    let (login, name) = (login.to_owned(), login.to_owned());
    caller(Principal::User(Arc::new(User { login, name, groups: Vec::new(), role })))
}

fn token(scope: TokenScope) -> Caller {
    let (id, name, owner) = (TokenId(uuid::Uuid::nil()), "ci".to_owned(), "mei".to_owned());
    let scopes: Scopes = [scope].into_iter().collect();
    caller(Principal::Token(Arc::new(Token { id, name, owner, scopes, workflow_prefix: None })))
}

/// The actions of a page, newest first.
async fn actions(server: &Harness, query: &str) -> Vec<String> {
    let page = server.get(&format!("/api/audit{query}")).await.expect(200);
    page["entries"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_change_is_said_with_what_was_seen() {
    let server = Harness::new().await;
    assert_eq!(server.get("/api/audit").await.expect(200), json!({"success": true, "entries": [], "next": null}));
    let path = server.open(&question()).await;
    server.post(&format!("{path}/claim"), &json!({"user_id": "ann"})).await.expect(200);
    server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200);
    server.post(&format!("{path}/respond"), &yes("bob")).await.problem(409, "session_closed");
    assert_eq!(actions(&server, "").await, ["session.answered", "session.claimed", "session.opened"]);
    let session = server.get(&path).await.expect(200)["session"].clone();
    let page = server.get("/api/audit?limit=1").await.expect(200);
    let entry = &page["entries"][0];
    assert_eq!((&entry["number"], &entry["verdict"], &page["next"]), (&json!(3), &json!("done"), &json!(3)));
    assert_eq!((&entry["actor"], &entry["on_behalf_of"]), (&json!("local"), &json!("ann")));
    assert_eq!((&entry["session_id"], &entry["version"]), (&session["session_id"], &json!(3)));
    assert_eq!(entry["content_hash"], session["content_hash"]);
    assert_eq!((&entry["method"], &entry["subject"], &entry["detail"]), (&Value::Null, &Value::Null, &json!({})));
    assert!(entry["request_id"].as_str().is_some_and(|id| !id.is_empty()));
    let answer = serde_json::to_string(&page).unwrap();
    assert!(!answer.contains("confirm"), "an answer's text is not for the audit: {answer}");
}

#[tokio::test]
async fn a_page_is_filtered_and_followed() {
    let server = Harness::new().await;
    let mut paths = Vec::new();
    for _ in 0..3 {
        paths.push(server.open(&question()).await);
        server.advance(std::time::Duration::from_secs(1)).await;
    }
    server.post(&format!("{}/cancel", paths[0]), &json!({})).await.expect(200);
    assert_eq!(actions(&server, "?action=session.c").await, ["session.cancelled"]);
    assert_eq!(actions(&server, "?actor=user:mei").await, [""; 0]);
    let id = paths[0].rsplit('/').next().unwrap();
    assert_eq!(actions(&server, &format!("?session_id={id}")).await, ["session.cancelled", "session.opened"]);
    let first = server.get("/api/audit?limit=3").await.expect(200);
    assert_eq!(first["next"], 2);
    let rest = server.get("/api/audit?limit=3&before=2").await.expect(200);
    assert_eq!((&rest["entries"][0]["number"], &rest["next"]), (&json!(1), &Value::Null));
    let at = first["entries"][2]["at"].as_str().unwrap();
    assert_eq!(actions(&server, &format!("?until={at}")).await, ["session.opened"]);
    assert_eq!(actions(&server, &format!("?since={at}")).await.len(), 3);
    for query in ["limit=0", "limit=501", "before=0", "before=x", "since=yesterday", "session_id=1"] {
        server.get(&format!("/api/audit?{query}")).await.problem(422, "validation_failed");
    }
    server.get("/api/audit/export?format=xml").await.problem(422, "validation_failed");
}

#[tokio::test]
async fn an_export_is_evidence_and_is_itself_recorded() {
    let server = Harness::new().await;
    for _ in 0..5 {
        server.open(&question()).await;
    }
    let reply = server.get("/api/audit/export").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/x-ndjson"));
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"askwell-audit.ndjson\"");
    let mut reader = Reader::default();
    for line in reply.bytes.split_inclusive(|byte| *byte == b'\n') {
        reader.line(line).unwrap();
    }
    let head = reader.finish().unwrap();
    assert_eq!(head.last, 6);
    assert_eq!(actions(&server, "?limit=1").await, ["audit.exported"]);
    let again = server.get("/api/audit/export?format=ndjson").await.bytes;
    let kept = reply.bytes.len() - reply.bytes.rsplit(|byte| *byte == b'\n').nth(1).unwrap().len() - 1;
    assert_eq!(again[..kept], reply.bytes[..kept], "what was once told is told again");

    let reply = server.get("/api/audit/export?format=csv").await;
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8");
    let text = String::from_utf8(reply.bytes).unwrap();
    let rows: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!(rows.len(), 1 + 8 + 1);
    assert!(rows[0].starts_with("\"number\",\"at\",\"action\"") && rows[1].starts_with("\"1\","), "{}", rows[1]);
    assert!(rows[9].starts_with("\"end\",") && rows[9].contains("\"\"entries\"\":8"), "{}", rows[9]);
}

#[tokio::test]
async fn who_called_themselves_a_formula_is_text_in_a_table() {
    let server = Harness::new().await;
    for name in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a\r\nb,\"c\""] {
        let path = server.open(&question()).await;
        server.post(&format!("{path}/respond"), &yes(name)).await.expect(200);
    }
    let text = String::from_utf8(server.get("/api/audit/export?format=csv").await.bytes).unwrap();
    assert!(text.contains("\"'=cmd|' /C calc'!A0\"") && text.contains("\"a\r\nb,\"\"c\"\"\""), "{text}");
    for start in ["\"=", "\"+", "\"-", "\"@", "\"\t", "\"\r"] {
        assert!(!text.contains(&format!(",{start}")), "{start}: {text}");
    }
}

#[tokio::test]
async fn only_administrators_read_it() {
    let server = Harness::new().await;
    let (app, all) = (&server.app, || AuditQuery { limit: 9, ..AuditQuery::default() });
    for refused in [user("mei", Role::Member), token(TokenScope::Read), token(TokenScope::Create)] {
        assert!(matches!(app.audit(&refused, all()).await, Err(AppError::Forbidden)));
        assert!(matches!(app.audit_export(&refused).await.map(drop), Err(AppError::Forbidden)));
    }
    let nobody = caller(Principal::Nobody);
    assert!(matches!(app.audit(&nobody, all()).await, Err(AppError::Unauthenticated)));
    for admin in [user("root", Role::Admin), token(TokenScope::Admin)] {
        app.audit(&admin, all()).await.unwrap();
        app.audit_export(&admin).await.map(drop).unwrap();
    }
    // Refusals are written by a loop of their own, which the stop waits for.
    app.stop().await;
    let rows = app.audit(&user("root", Role::Admin), all()).await.unwrap();
    let said: Vec<_> = rows.iter().map(|row| (row.entry.action.as_str(), row.entry.actor.as_str())).collect();
    let refused = said.iter().filter(|(action, _)| *action == "refused").count();
    assert_eq!((refused, rows.len()), (6, 8), "{said:?}");
    assert!(
        rows.iter().filter(|row| row.entry.action == "refused").all(|row| {
            row.entry.detail["wanted"] == "administer" && row.entry.request_id.as_deref() == Some("req-1")
        })
    );
}

/// A broken-off export has no end that could be taken for the end of the audit.
#[tokio::test]
async fn an_export_breaks_off_when_its_administrator_falls() {
    let server = Harness::with_accounts().await;
    let zoe = enter(&server, "zoe", &[], Role::Admin).await;
    enter(&server, "root", &[], Role::Admin).await;
    let (name, value) = zoe.header().unwrap();
    let export = || request(Method::GET, "/api/audit/export", &[(name, &value)], "");
    let whole = server.router.clone().oneshot(export()).await.unwrap();
    assert!(whole.into_body().collect().await.is_ok());
    let broken = server.router.clone().oneshot(export()).await.unwrap();
    assert_eq!(broken.status(), 200);
    let gone = UserChange { access: Some(Access::Disabled), ..UserChange::default() };
    server.app.change_user(&console(), "zoe", gone).await.unwrap();
    assert!(broken.into_body().collect().await.is_err());
}

#[tokio::test]
async fn what_was_wanted_and_how_somebody_came_is_said_in_words() {
    let server = Harness::with_accounts().await;
    let bob = enter(&server, "bob", &[], Role::Member).await;
    server.get_by(&bob, "/api/users").await.problem(403, "forbidden");
    server.app.stop().await;
    let all = AuditQuery { limit: 9, ..AuditQuery::default() };
    let rows = server.app.audit(&console(), all).await.unwrap();
    let of = |action: &str| &rows.iter().find(|row| row.entry.action == action).unwrap().entry;
    assert_eq!(of("refused").detail["wanted"], "manage_accounts");
    assert_eq!(of("user.created").method.as_deref(), Some("console"));
}
