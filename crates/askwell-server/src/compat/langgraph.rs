//! LangGraph's Agent Inbox: `HumanInterrupt` in, a list of one `HumanResponse` out.
//!
//! Job: `accept`, `edit`, `response` and `ignore` as a review with one action.
//! Invariant: what `config` does not allow is neither offered nor answered.
//! Neighbours: `langchain` is the newer shape of the same people.

use askwell_core::reader::{Reader, child};
use askwell_core::{Code, Finding, Findings, Session};
use serde_json::{Value, json};

use super::decided::{self, Verdict};
use super::wording::{MAX_MESSAGE, MAX_NAME, titled};
use super::{Below, Recognised, Shape, arguments};

pub(super) const SHAPE: Shape = Shape {
    name: "langgraph",
    keys: &["action_request", "config", "description"],
    renamed: &[
        ("/interaction_data/actions/0/kind", "/action_request/action", Below::Same),
        ("/interaction_data/actions/0/args", "/action_request/args", Below::Same),
    ],
};

/// What may be allowed, and as what we offer it.
const ALLOWED: [(&str, &str); 4] =
    [("allow_accept", "approve"), ("allow_edit", "edit"), ("allow_respond", "modify"), ("allow_ignore", "abort")];

pub(super) fn recognise(body: &Value, at: &str, findings: &mut Findings) -> Option<Recognised> {
    let mut outer = Reader::new(body, at, findings)?;
    let description = outer.remark("description", MAX_MESSAGE).unwrap_or_default();
    let pointer = outer.at("action_request");
    let mut request = Reader::new(outer.value("action_request")?, &pointer, outer.findings)?;
    let action = request.required("action").and_then(|_| request.string("action", MAX_NAME));
    let args = super::object(&mut request, "args");
    let allowed = allowed(body, at, findings);
    let action = action?;
    Some(Recognised {
        question: json!({
            "interaction_type": "review",
            "title": titled(&description, &action, args),
            "message": description,
            "actions": [{ "kind": action, "args": arguments(args), "allowed": allowed }],
        }),
        // An edit without a change is an edit where nothing may be accepted as it is.
        given: json!({ "accept": allowed.contains(&"approve") }),
        expires_at: None,
    })
}

/// What a reviewer may do. A config that is not there forbids only to edit.
fn allowed(body: &Value, at: &str, findings: &mut Findings) -> Vec<&'static str> {
    let pointer = child(at, "config");
    let Some(config) = body.get("config").filter(|config| !config.is_null()) else {
        return vec!["approve", "modify", "abort"];
    };
    let Some(mut config) = Reader::new(config, &pointer, findings) else { return Vec::new() };
    let mut allowed = Vec::new();
    for (theirs, ours) in ALLOWED {
        if config.flag(theirs) == Some(true) {
            allowed.push(ours);
        }
    }
    if allowed.is_empty() {
        findings.refuse(Finding::new(pointer, Code::TooFew).with("limit", 1).with("actual", 0));
    }
    allowed
}

pub(super) fn render(session: &Session, given: &Value) -> Option<Value> {
    let decided = decided::of(session)?.into_iter().next()?;
    let edited = || json!({ "action": decided.action["kind"], "args": decided.arguments() });
    let (kind, args) = match &decided.verdict {
        Verdict::Approve if given["accept"] == true => ("accept", Value::Null),
        Verdict::Approve | Verdict::Edit(_) => ("edit", edited()),
        Verdict::SendBack => ("response", decided.words.clone().into()),
        Verdict::Abort => ("ignore", Value::Null),
    };
    Some(json!([{ "type": kind, "args": args }]))
}
