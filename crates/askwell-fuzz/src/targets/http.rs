//! Requests to the real routes, written as HTTP is: a line, headers, an empty line, a body.
//!
//! `{confirmation}` and the like stand for an open question of that kind,
//! `{zoe}` and `{mei}` for the tokens of an administrator and of a requester;
//! where one of these occurs, and after a first line `accounts`, people must
//! sign in. Holds: no request brings the server down to a 500; each status is one
//! that the OpenAPI document names for the operation; each failure is a
//! problem as documented, whose pointers lead into the body; JSON is JSON.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value;

use super::pointers;
use crate::world::{Ask, Doors, Reply, World};
use crate::{Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target {
    name: "http",
    run,
    words: &[
        "GET ",
        "POST ",
        "PUT ",
        "DELETE ",
        "PATCH ",
        "HEAD ",
        "/api/sessions",
        "/api/sessions/{confirmation}",
        "/api/sessions/{review}",
        "/respond",
        "/cancel",
        "/claim",
        "/extend",
        "/events",
        "?wait=0",
        "?after=",
        "&limit=0",
        "&sort=",
        "&status=all",
        "&cursor=",
        "&q=",
        "content-type: application/json\n",
        "authorization: Bearer {zoe}\n",
        "authorization: Bearer {mei}\n",
        "authorization: Basic ",
        "cookie: askwell=",
        "accept-language: ",
        "origin: http://evil.example\n",
        "host: ",
        "idempotency-key: ",
        "if-none-match: ",
        "x-forwarded-for: ",
        "range: bytes=0-",
        "\n\n{",
        "{\"response\":",
        "{\"interaction_data\":",
        "\"interaction_type\":\"confirmation\"",
        "\"title\":\"t\"",
        "{\"action_request\":{\"action\":\"f\",\"args\":{}},\"config\":{\"allow_edit\":true}}",
        "\"action_requests\":[{\"name\":\"f\"}]",
        "\"review_configs\":[{\"action_name\":\"f\",\"allowed_decisions\":[\"edit\"]}]",
        "\"interrupts\":[{\"id\":\"i\",\"reason\":\"r\"}]",
        "\"responseSchema\":{\"type\":\"object\"}",
        "\"expiresAt\":\"2026-01-01T01:00:00Z\"",
        "/api/integrations/claude-code/hook",
        "/api/system/hitl-request",
        "/api/audit?",
        "/api/tokens",
        "%2f",
        "%00",
        "%ff",
    ],
    bounded: 600,
};

fn run(bytes: &[u8]) -> Verdict {
    let at = bytes.windows(2).position(|two| two == b"\n\n").unwrap_or(bytes.len());
    let (head, body) = bytes.split_at(at);
    let Ok(head) = std::str::from_utf8(head) else { return Ok(()) };
    let (doors, head) = match head.strip_prefix("accounts\n") {
        Some(head) => (Doors::Accounts, head),
        None if head.contains("{zoe}") || head.contains("{mei}") => (Doors::Accounts, head),
        None => (Doors::Open, head),
    };
    World::with(doors, |world| {
        let head = world.named(head);
        let mut lines = head.lines();
        let Some((method, path)) = lines.next().and_then(|line| line.split_once(' ')) else { return Ok(()) };
        let mut ask = Ask::new(method, path);
        for line in lines {
            if let Some((name, value)) = line.split_once(':') {
                ask = ask.with(name, value.trim());
            }
        }
        ask.body = match std::str::from_utf8(body.get(2..).unwrap_or_default()) {
            Ok(text) => world.named(text).into_bytes(),
            Err(_) => body.get(2..).unwrap_or_default().to_vec(),
        };
        let (method, path, sent) = (ask.method.clone(), ask.path.clone(), ask.body.clone());
        match world.ask_patiently(ask)? {
            Some(reply) => judge(&method, &path, &sent, &reply),
            None => Ok(()),
        }
    })
}

/// What must hold of a reply.
///
/// # Errors
/// [`crate::Broken`]
pub fn judge(method: &str, path: &str, sent: &[u8], reply: &Reply) -> Verdict {
    let Reply { status, .. } = *reply;
    hold!(status < 500, "{method} {path}: {status} {}", reply.text());
    if status == 405 {
        // The router's own: a path that is written out goes before one with a variable, whatever methods it has.
        let allowed = reply.header("allow");
        hold!(allowed.split(',').all(|one| one.trim() != method), "{method} {path}: 405, and allowed is {allowed}");
    } else if let Some(operation) = operation(method, path) {
        let known = &operation.statuses;
        hold!(known.contains(&status), "{method} {path}: {status} is not documented, only {known:?}: {}", reply.text());
    }
    let kind = reply.header("content-type");
    if method == "HEAD" || !kind.contains("json") || reply.bytes.is_empty() || kind.contains("ndjson") {
        return Ok(());
    }
    let body = reply.json()?;
    if kind == "application/problem+json" {
        judge_problem(sent, reply, &body)?;
    }
    Ok(())
}

fn judge_problem(sent: &[u8], reply: &Reply, body: &Value) -> Verdict {
    hold!(reply.status >= 400, "a problem with status {}", reply.status);
    hold!(body["status"] == reply.status && body["success"] == false, "{} says {body}", reply.status);
    hold!(body["request_id"] == reply.header("x-request-id"), "the request is named twice: {body}");
    for key in ["type", "title", "detail", "error", "code"] {
        hold!(body[key].as_str().is_some_and(|text| !text.is_empty()), "{key} is missing from {body}");
    }
    let Ok(document) = serde_json::from_slice::<Value>(sent) else { return Ok(()) };
    for error in body["errors"].as_array().into_iter().flatten() {
        if let (Some(pointer), Some(code)) = (error["pointer"].as_str(), error["code"].as_str()) {
            pointers::judge_wire(&document, pointer, code)?;
        }
    }
    Ok(())
}

struct Operation {
    method: String,
    path: Vec<String>,
    statuses: BTreeSet<u16>,
}

/// The documented operation that a request is for.
fn operation(method: &str, path: &str) -> Option<&'static Operation> {
    static OPERATIONS: OnceLock<Vec<Operation>> = OnceLock::new();
    let path: Vec<&str> = path.split(['?', '#']).next().unwrap_or_default().split('/').collect();
    let fits = |operation: &&Operation| {
        operation.method == method
            && operation.path.len() == path.len()
            && operation
                .path
                .iter()
                .zip(&path)
                .all(|(known, given)| known == given || (known.starts_with('{') && !given.is_empty()))
    };
    let operations = OPERATIONS.get_or_init(operations);
    // One without a variable goes before one with.
    let found = operations.iter().filter(fits);
    found.min_by_key(|operation| operation.path.iter().filter(|part| part.starts_with('{')).count())
}

fn operations() -> Vec<Operation> {
    let document = askwell_server::openapi();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let statuses = operation["responses"].as_object().into_iter().flatten();
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.split('/').map(str::to_owned).collect(),
                statuses: statuses.filter_map(|(status, _)| status.parse().ok()).collect(),
            });
        }
    }
    operations
}
