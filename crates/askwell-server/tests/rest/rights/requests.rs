//! One request for each operation.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use super::house::Fixture;
use crate::harness::request;
use crate::people::Shows;

pub(super) const MULTIPART: &str = "multipart/form-data; boundary=XX";

/// An id that no session, file, link, delivery, token or sign-in has.
pub(super) const NO_ID: &str = "018f0000-0000-7000-8000-0000deadbeef";

/// A body that uploads a file of this name.
pub(super) fn upload(name: &str) -> String {
    format!("--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{name}\r\n--XX--\r\n")
}

/// An operation as it is sent: the method, the path with its placeholders filled, the body.
pub(super) struct Call {
    method: Method,
    path: String,
    body: Option<(&'static str, String)>,
}

impl Call {
    /// The operation on this session.
    pub(super) fn of(operation: &str, fixture: &Fixture) -> Self {
        let (method, template) = operation.split_once(' ').unwrap();
        let path = template
            .replace("{session_id}", &fixture.main.id)
            .replace("{file_id}", &fixture.files[usize::from(method == "DELETE")])
            .replace("{link_id}", &fixture.link)
            .replace("{request_id}", &fixture.review.id)
            .replace("{delivery_id}", NO_ID)
            .replace("{id}", NO_ID)
            .replace("{login}", "no-such-login");
        let json = |body: Value| Some(("application/json", body.to_string()));
        let body = if operation.ends_with("/files") && method == "POST" {
            Some((MULTIPART, upload("c.txt")))
        } else {
            body_of(operation, fixture).and_then(json)
        };
        Self { method: method.parse().unwrap(), path, body }
    }

    /// The same with all that names the session replaced by what is not there.
    pub(super) fn of_nothing(&self, fixture: &Fixture) -> Self {
        let hide = |text: &str| hide(text, fixture);
        let body = self.body.as_ref().map(|(kind, body)| (*kind, hide(body)));
        Self { method: self.method.clone(), path: hide(&self.path), body }
    }

    pub(super) fn request(&self, who: &Shows) -> Request<Body> {
        let shown = who.header();
        let mut headers = vec![("x-request-id", "matrix")];
        headers.extend(shown.iter().map(|(name, value)| (*name, value.as_str())));
        headers.extend(self.body.iter().map(|(kind, _)| ("content-type", *kind)));
        let body = self.body.as_ref().map(|(_, body)| body.clone()).unwrap_or_default();
        request(self.method.clone(), &self.path, &headers, body)
    }

    /// Whether it changes anything if it is done.
    pub(super) fn changes(&self) -> bool {
        self.method != Method::GET && self.method != Method::HEAD
    }
}

/// Everything that names the session, replaced.
pub(super) fn hide(text: &str, fixture: &Fixture) -> String {
    text.replace(&fixture.main.id, NO_ID).replace(&fixture.review.id, NO_ID)
}

fn body_of(operation: &str, fixture: &Fixture) -> Option<Value> {
    let answer = json!({"files": [fixture.files[1]]});
    let one = json!({"session_id": fixture.main.id, "content_hash": fixture.content_hash, "response": answer});
    let question = json!({"interaction_data": {"interaction_type": "confirmation", "title": "t", "message": "m"}});
    let (_, path) = operation.split_once(' ').unwrap();
    Some(match path.rsplit('/').next().unwrap() {
        _ if operation.starts_with("GET") || operation.starts_with("HEAD") || operation.starts_with("DELETE") => {
            return None;
        }
        "claim" | "release" | "login" => json!({}),
        "cancel" => json!({"reason": "no need"}),
        "respond" => json!({"response": answer}),
        "respond-many" => json!({"responses": [one]}),
        "step-up" => json!({"response": answer, "content_hash": fixture.content_hash}),
        "extend" => json!({"seconds": 10}),
        "assign" => json!({"assignee": "hal"}),
        "delegate" => json!({"to": "hal"}),
        "candidates" => json!({"candidates": ["hal"]}),
        "guest-links" => json!({"name": "Gast"}),
        // Another answer than the one that was given: the same by the same person would be a repeat.
        "hitl-response" => json!({"request_id": fixture.review.id, "action": "abort"}),
        "hitl-request" => json!({"request_id": format!("review of {}", NO_ID),
            "checkpoint_name": "c", "context_message": "m", "data_for_review": {}, "node_id": "n",
            "current_attempt": 1, "timestamp": "2025-06-17T10:30:00"}),
        // Of which there is nothing to ask: one that asks would wait.
        "hook" => json!({"hook_event_name": "Stop"}),
        "sessions" | "preview" => question,
        "setup" => json!({"secret": "x", "login": "first", "password": "a good long one"}),
        "guest" => json!({"secret": "no link of ours"}),
        "password" => json!({"current": "x", "password": "short"}),
        "passkeys" => json!({"name": "k", "state": "s", "credential": {}}),
        "users" => json!({"login": "!"}),
        "{login}" => json!({"name": "x"}),
        "tokens" => json!({"name": "t", "scopes": []}),
        _ => return None,
    })
}
