//! The HTTP hook of Claude Code: events in, decisions out.
//!
//! Job: what of an event a person can be asked, and what Claude Code is told
//! afterwards. Invariant: where nobody has decided, it is told nothing at all,
//! and asks at its own terminal. Neighbours: `rest/claude_code.rs` waits.

use askwell_core::digest::body_hash;
use askwell_core::{Session, Status};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::super::wording::{MAX_MESSAGE, MAX_TITLE, first_line, shortened};
use super::{Asked, Origin, behaviour, body, input, required};
use crate::locale::Locale;
use crate::wire::keys::{Keys, Unit};
use crate::wire::problem::Problem;

const MAX_EVENT: usize = 100;

/// An event that a person decides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Event {
    /// May this tool be used?
    PermissionRequest,
    /// A server of MCP asks the person something.
    Elicitation,
}

/// What an event asks. Nothing where there is nothing to ask.
///
/// # Errors
/// What of it is missing or wrong.
pub(crate) fn read(given: Value) -> Result<Option<(Event, Asked)>, Problem> {
    let mut keys = Keys::of(given)?;
    let event = keys.text("hook_event_name", MAX_EVENT, Unit::Characters).unwrap_or_default();
    match event.as_str() {
        "PermissionRequest" => permission(keys).map(|asked| Some((Event::PermissionRequest, asked))),
        "Elicitation" => Ok(elicitation(keys)?.map(|asked| (Event::Elicitation, asked))),
        _ => keys.done(None),
    }
}

fn permission(mut keys: Keys) -> Result<Asked, Problem> {
    let tool = required(&mut keys, "tool_name");
    let input = input(&mut keys, "tool_input");
    let (origin, prompt) = origin(&mut keys);
    keys.done(())?;
    let key = key(
        &json!({ "event": "PermissionRequest", "session": origin.conversation, "prompt": prompt, "tool": tool, "input": input }),
    );
    Ok(Asked { body: body(&tool, input, &origin), key })
}

/// A form that a server of MCP wants filled. Addresses are opened at the terminal: only there is the browser.
fn elicitation(mut keys: Keys) -> Result<Option<Asked>, Problem> {
    let server = keys.short("mcp_server_name").unwrap_or_default();
    let message = keys.text("message", MAX_MESSAGE, Unit::Characters).unwrap_or_default();
    let is_form = keys.take("mode").is_none_or(|mode| mode == "form");
    let schema = keys.take("requested_schema").filter(Value::is_object);
    let (origin, prompt) = origin(&mut keys);
    keys.done(())?;
    let Some(schema) = schema.filter(|_| is_form) else { return Ok(None) };
    let key = key(&json!({ "event": "Elicitation", "session": origin.conversation, "prompt": prompt, "server": server,
        "message": message, "schema": schema }));
    let title = first_line(&message).map_or_else(|| format!("MCP: {server}"), str::to_owned);
    let body = json!({
        "interaction_data": {
            "interaction_type": "custom",
            "title": shortened(&title, MAX_TITLE),
            "message": message,
            "schema": schema,
        },
        "asked_as": { "shape": super::SHAPE },
        "tags": ["claude-code"],
        "metadata": { "requester": "Claude Code", "mcp_server": server },
        "workflow_id": origin.conversation,
    });
    Ok(Some(Asked { body, key }))
}

/// Where it comes from, and which prompt of a person led to it.
fn origin(keys: &mut Keys) -> (Origin, Option<String>) {
    let origin =
        Origin { conversation: keys.name("session_id"), folder: keys.text("cwd", super::MAX_TARGET, Unit::Characters) };
    (origin, keys.name("prompt_id"))
}

/// A key for what is the same however its JSON is written.
fn key(what: &Value) -> String {
    format!("claude-code hook {}", URL_SAFE_NO_PAD.encode(body_hash(what)))
}

/// What Claude Code is told: `{}` unless a person answered.
pub(crate) fn told(event: Event, session: &Session, url: &str, locale: Locale) -> Value {
    let Some(response) = session.state.response.as_ref().filter(|_| session.status == Status::Completed) else {
        return nothing();
    };
    let mut output = Map::new();
    match event {
        Event::PermissionRequest => {
            output.insert("hookEventName".to_owned(), "PermissionRequest".into());
            output.insert("decision".to_owned(), behaviour(session, url, locale));
        }
        Event::Elicitation => {
            output.insert("hookEventName".to_owned(), "Elicitation".into());
            output.insert("action".to_owned(), "accept".into());
            output.insert("content".to_owned(), response.data.clone());
        }
    }
    json!({ "hookSpecificOutput": output })
}

/// Nothing to say: Claude Code goes on as if there were no hook.
pub(crate) fn nothing() -> Value {
    json!({})
}
