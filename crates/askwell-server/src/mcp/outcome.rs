//! How a request stands, as tools tell it.

use askwell_app::timestamp_text;
use askwell_core::session::Source;
use askwell_core::{Session, Status};
use rmcp::model::CallToolResult;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::hints;
use super::tools::Name;
use crate::compat;

/// How soon to look again, in seconds, for who does not wait within a call.
const LOOK_AGAIN: u64 = 5;

/// The result of a tool that asks or fetches.
pub(super) fn result(call: &Call, session: &Session, notes: &[String]) -> CallToolResult {
    let value = value(call, session, notes);
    let mut result = CallToolResult::structured(value);
    // The one outcome that is a fault: of the server.
    result.is_error = Some(session.status == Status::Error);
    result
}

/// How a request stands.
pub(super) fn value(call: &Call, session: &Session, notes: &[String]) -> Value {
    let id = session.id().to_string();
    let url = call.page(session.id());
    let is_open = !session.status.is_closed();
    let status = if is_open { Status::Pending } else { session.status };
    let mut out = Map::new();
    let mut set = |key: &str, value: Value| {
        out.insert(key.to_owned(), value);
    };
    set("request_id", json!(id));
    set("status", json!(status));
    if let Some(response) = &session.state.response {
        let is_review = session.opened.interaction.kind() == "review" && response.source == Source::Person;
        if is_review && asked_by(session) == Some(Name::RequestApproval) {
            for (key, value) in decision(session, &response.data) {
                set(key, value);
            }
        }
        set("response", response.data.clone());
        // What a framework that asked wants to be resumed with.
        if let Some(resume) = compat::resume(session) {
            set("resume", resume);
        }
        if response.source == Source::Timeout {
            set("source", json!("timeout"));
        }
    }
    let comment = session.state.response.as_ref().and_then(|response| response.comment.as_ref());
    if let Some(comment) = comment {
        set("comment", json!(comment));
    }
    if let Some(reason) = &session.state.error_message {
        set("reason", json!(reason));
    }
    set("url", json!(url));
    set("expires_at", json!(timestamp_text(session.state.deadline.expires_at)));
    if is_open {
        set("retry_after_seconds", json!(LOOK_AGAIN));
    }
    let wait = call.options().mcp.wait.as_secs();
    let is_default = session.state.response.as_ref().is_some_and(|response| response.source == Source::Timeout);
    let hint = if is_default { hints::DEFAULT.to_owned() } else { hints::next(status, &id, &url, wait) };
    set("hint", json!(hint));
    if !notes.is_empty() {
        set("notes", json!(notes));
    }
    Value::Object(out)
}

/// The tool that opened the session, where one did.
pub(super) fn asked_by(session: &Session) -> Option<Name> {
    Name::parse(session.opened.metadata.as_ref()?.get("mcp")?.get("tool")?.as_str()?)
}

/// What a reviewer decided, in the words of `request_approval`.
fn decision(session: &Session, data: &Value) -> Vec<(&'static str, Value)> {
    let (decision, comment) = match data["action"].as_str() {
        Some("approve") => ("approve", None),
        Some("modify") => ("modify", data["modification_instructions"].as_str()),
        // Nothing else is ever stored; whatever it were, it is no approval.
        _ => ("reject", data["modification_instructions"].as_str()),
    };
    let mut out = vec![("decision", json!(decision))];
    if let Some(edited) = data.get("edited") {
        out.push(("edited_args", edited.clone()));
    }
    let said = session.state.response.as_ref().and_then(|response| response.comment.as_deref());
    if let Some(comment) = said.or(comment) {
        out.push(("comment", json!(comment)));
    }
    out
}
