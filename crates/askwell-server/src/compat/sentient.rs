//! The review protocol of the second original (`SentientResearchAgent`'s HITL events).
//!
//! Job: read an agent's request into a create body, and write a session as that
//! protocol's request, response and time-out. Invariant: an action that is none
//! of the three is refused, and silence is never an approval; the original took
//! both for one. Source: `hitl_request`, `hitl_response`, `hitl_timeout` as the
//! original's code sends them.

use askwell_app::{AppError, RespondRequest, request_id, timestamp_text};
use askwell_core::ids::SessionId;
use askwell_core::session::Response;
use askwell_core::{Code as Fault, Finding, Session, Status};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::wording::{MAX_TITLE, shortened};
use crate::locale::Locale;
use crate::wire::keys::{Keys, Unit};
use crate::wire::problem::{Issue, Problem};

const MAX_NAME: usize = 255;

/// What must be there, in the order in which the original looks for it.
const REQUIRED: [&str; 4] = ["checkpoint_name", "context_message", "node_id", "request_id"];

/// Their keys and ours, where they differ.
const RENAMED: [(&str, &str); 2] = [("context_message", "message"), ("current_attempt", "attempt")];

/// Keys that mean the same with both.
const SHARED: [&str; 15] = [
    "checkpoint_name",
    "node_id",
    "data_for_review",
    "timeout",
    "consequences",
    "actions",
    "fields",
    "workflow_id",
    "callback_url",
    "metadata",
    "tags",
    "priority",
    "risk",
    "assignee",
    "candidates",
];

/// What an agent asks: the name it gives, and the create body.
///
/// # Errors
/// What is missing, the first only; or that a name is no text.
pub(crate) fn recognise(given: Value) -> Result<(String, Value), Problem> {
    let mut keys = Keys::of(given)?;
    if let Some(absent) = REQUIRED.into_iter().find(|key| !keys.has(key)) {
        return Err(Problem::missing(&format!("/{absent}")));
    }
    let request_id = keys.name("request_id");
    let Some(checkpoint) = keys.text("checkpoint_name", 500, Unit::Characters) else {
        keys.issue_unless_any("checkpoint_name", Fault::Required);
        return keys.done(Default::default());
    };
    let Some(request_id) = request_id else {
        keys.issue_unless_any("request_id", Fault::Required);
        return keys.done(Default::default());
    };
    let mut body = Map::new();
    body.insert("interaction_type".to_owned(), "review".into());
    body.insert("title".to_owned(), shortened(&checkpoint, MAX_TITLE).into());
    body.insert("checkpoint_name".to_owned(), checkpoint.into());
    for key in SHARED {
        if let Some(value) = keys.take(key) {
            body.insert(key.to_owned(), value);
        }
    }
    for (theirs, ours) in RENAMED {
        if let Some(value) = keys.take(theirs) {
            body.insert(ours.to_owned(), value);
        }
    }
    body.entry("attempt").or_insert_with(|| 1.into());
    keys.done((request_id, Value::Object(body)))
}

/// A request to try things out with, as the original's own.
pub(crate) fn trial(request_id: &str) -> Value {
    json!({
        "request_id": request_id,
        "checkpoint_name": "ServerAPITestCheckpoint",
        "context_message": "This is a test HITL request from the server API",
        "data_for_review": { "test": true, "source": "server_api_test" },
        "node_id": "server-api-test-node",
        "current_attempt": 1,
    })
}

/// The problem with a request, named as the agent named things.
pub(crate) fn problem(error: AppError) -> Problem {
    let AppError::Invalid(findings) = error else { return error.into() };
    let renamed = |finding: Finding| {
        let theirs = RENAMED.iter().find_map(|(theirs, ours)| {
            let rest = finding.pointer.strip_prefix('/')?.strip_prefix(ours)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| format!("/{theirs}{rest}"))
        });
        Issue::Body(Finding { pointer: theirs.unwrap_or_else(|| finding.pointer.clone()), ..finding })
    };
    Problem::invalid(findings.into_iter().map(renamed).collect())
}

/// A person's answer to a review: its name, and the answer.
///
/// # Errors
/// What is missing or no text. Whether the action is one is the review's own business.
pub(crate) fn answer(given: Value) -> Result<(String, RespondRequest), Problem> {
    let mut keys = Keys::of(given)?;
    let mut response = Map::new();
    for key in ["action", "modification_instructions", "step_comments", "edited", "decisions"] {
        if let Some(value) = keys.take(key) {
            response.insert(key.to_owned(), value);
        }
    }
    let request = RespondRequest {
        response: Value::Object(response),
        user_id: keys.name("user_id"),
        comment: keys.text("comment", 4 << 10, Unit::Bytes),
        content_hash: keys.text("content_hash", MAX_NAME, Unit::Characters),
        assertion: None,
    };
    let Some(request_id) = keys.name("request_id") else {
        keys.issue_unless_any("request_id", Fault::Required);
        return keys.done(Default::default());
    };
    keys.done((request_id, request))
}

/// A review that waits, as `hitl_request`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HitlRequestEvent)]
pub(crate) struct RequestBody {
    request_id: String,
    checkpoint_name: String,
    context_message: String,
    data_for_review: Value,
    node_id: Value,
    current_attempt: Value,
    #[schema(format = DateTime)]
    timestamp: String,
    #[schema(value_type = String, format = "uuid")]
    session_id: SessionId,
    version: u64,
    #[schema(format = DateTime)]
    expires_at: String,
}

impl RequestBody {
    /// Texts in several languages are told in `locale`, as the protocol knows but one.
    pub(crate) fn of(session: &Session, locale: Locale) -> Self {
        let keys = ["checkpoint_name", "title", "message", "data_for_review", "node_id", "attempt"];
        let [checkpoint, title, message, data_for_review, node_id, attempt] = session.opened.interaction.get_all(keys);
        Self {
            request_id: request_id(session),
            checkpoint_name: name(&checkpoint, &title, locale),
            context_message: plain(&message, locale),
            data_for_review,
            node_id,
            current_attempt: if attempt.is_null() { 1.into() } else { attempt },
            timestamp: timestamp_text(session.opened.at),
            session_id: session.id(),
            version: session.version.0,
            expires_at: timestamp_text(session.state.deadline.expires_at),
        }
    }
}

/// What came of a review, as `hitl_response`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HitlResponse)]
pub(crate) struct ResponseBody {
    /// `approved`, `request_modification`, `aborted`, `timeout` or `error`.
    user_choice: &'static str,
    message: String,
    modification_instructions: Option<String>,
}

impl ResponseBody {
    /// Nothing while the review is open.
    pub(crate) fn of(session: &Session, locale: Locale) -> Option<Self> {
        let [checkpoint, title] = session.opened.interaction.get_all(["checkpoint_name", "title"]);
        let name = name(&checkpoint, &title, locale);
        let reason = session.state.error_message.as_deref().unwrap_or_default();
        let response = session.state.response.as_ref();
        let (user_choice, message) = match (session.status, response) {
            (Status::Pending | Status::Active, _) => return None,
            (Status::Completed, Some(response)) => match verdict(&response.data) {
                "approve" => ("approved", format!("User approved checkpoint '{name}'")),
                "modify" => ("request_modification", format!("User requested modification for checkpoint '{name}'")),
                _ => ("aborted", format!("User aborted checkpoint '{name}'")),
            },
            (Status::Timeout, _) => ("timeout", format!("HITL request for checkpoint '{name}' timed out")),
            (Status::Cancelled, _) => {
                ("aborted", format!("HITL request for checkpoint '{name}' was cancelled: {reason}"))
            }
            (Status::Completed | Status::Error, _) => {
                ("error", format!("HITL request for checkpoint '{name}' failed: {reason}"))
            }
        };
        Some(Self { user_choice, message, modification_instructions: response.and_then(instructions) })
    }
}

/// One word for an answer: of several decisions the strictest. Anything unknown is an abort.
fn verdict(data: &Value) -> &str {
    let Some(decisions) = data["decisions"].as_array() else {
        return data["action"].as_str().unwrap_or_default();
    };
    let all: Vec<&str> = decisions.iter().map(|decision| decision["action"].as_str().unwrap_or_default()).collect();
    match all.iter().find(|action| !matches!(**action, "approve" | "modify")) {
        Some(strictest) => strictest,
        None if all.contains(&"modify") => "modify",
        None => "approve",
    }
}

/// The instructions, and what was said of single steps: the protocol has one place for both.
fn instructions(response: &Response) -> Option<String> {
    let data = &response.data;
    let mut lines: Vec<String> = data["modification_instructions"].as_str().map(str::to_owned).into_iter().collect();
    let comments = data["step_comments"].as_object().into_iter().flatten();
    let mut steps: Vec<(u64, &str)> =
        comments.filter_map(|(step, text)| Some((step.parse::<u64>().ok()? + 1, text.as_str()?))).collect();
    steps.sort_unstable();
    lines.extend(steps.into_iter().map(|(step, text)| format!("Step {step}: {text}")));
    let decisions = data["decisions"].as_array().into_iter().flatten().zip(1..);
    lines.extend(decisions.filter_map(|(one, number)| Some(format!("Action {number}: {}", one["comment"].as_str()?))));
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// A review whose deadline came, as `hitl_timeout`.
#[derive(Debug, Serialize)]
pub(crate) struct TimeoutBody {
    request_id: String,
    checkpoint_name: String,
    node_id: Value,
    timestamp: String,
    session_id: SessionId,
    version: u64,
}

impl TimeoutBody {
    pub(crate) fn of(session: &Session, locale: Locale) -> Self {
        let RequestBody { request_id, checkpoint_name, node_id, session_id, version, .. } =
            RequestBody::of(session, locale);
        let timestamp = timestamp_text(session.state.closed_at.unwrap_or(session.updated_at));
        Self { request_id, checkpoint_name, node_id, timestamp, session_id, version }
    }
}

/// The checkpoint's name, or the title of a review that has none.
fn name(checkpoint: &Value, title: &Value, locale: Locale) -> String {
    checkpoint.as_str().map_or_else(|| plain(title, locale), str::to_owned)
}

/// A text in one language: the wanted one, else any.
fn plain(text: &Value, locale: Locale) -> String {
    let in_one = match text {
        Value::Object(texts) => texts.get(locale.as_str()).or_else(|| texts.values().next()).unwrap_or(&Value::Null),
        other => other,
    };
    in_one.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::problem::Code;

    fn asked() -> Value {
        json!({"request_id": "r-1", "checkpoint_name": "PlanGeneration", "context_message": "Look", "node_id": "root",
            "current_attempt": 2, "data_for_review": {"steps": [1]}, "timestamp": "2025-06-17T10:30:00.123"})
    }

    #[test]
    fn an_agents_request_becomes_a_review() {
        let (name, body) = recognise(asked()).unwrap();
        assert_eq!(name, "r-1");
        assert_eq!(
            body,
            json!({"interaction_type": "review", "title": "PlanGeneration", "checkpoint_name": "PlanGeneration",
                "node_id": "root", "data_for_review": {"steps": [1]}, "message": "Look", "attempt": 2})
        );
        let mut long = asked();
        long["checkpoint_name"] = "长".repeat(300).into();
        long["current_attempt"] = Value::Null;
        let (_, body) = recognise(long).unwrap();
        assert_eq!(body["title"].as_str().unwrap().chars().count(), 200);
        assert_eq!(body["attempt"], 1);
    }

    #[test]
    fn what_is_missing_is_named_in_the_originals_order() {
        let mut given = asked();
        let mut without = given.clone();
        for key in REQUIRED.iter().rev() {
            without.as_object_mut().unwrap().remove(*key);
            let problem = recognise(without.clone()).unwrap_err();
            assert_eq!(problem.code(), Code::MissingField);
            assert!(format!("{problem:?}").contains(&format!("\"/{key}\"")), "{problem:?}");
        }
        given["request_id"] = json!(["x"]);
        assert_eq!(recognise(given).unwrap_err().code(), Code::ValidationFailed);
        for none in [json!([]), json!("x"), Value::Null] {
            assert!(recognise(none).is_err());
        }
    }

    #[test]
    fn the_strictest_decision_counts_and_an_unknown_one_is_an_abort() {
        let of = |actions: &[&str]| {
            let decisions: Vec<_> = actions.iter().map(|action| json!({ "action": action })).collect();
            verdict(&json!({ "decisions": decisions })).to_owned()
        };
        assert_eq!(of(&["approve", "approve"]), "approve");
        assert_eq!(of(&["approve", "modify"]), "modify");
        assert_eq!(of(&["modify", "abort", "approve"]), "abort");
        assert_eq!(of(&["approve", "yes"]), "yes");
        assert_eq!(verdict(&json!({"action": "approve"})), "approve");
    }

    #[test]
    fn an_answer_needs_a_name() {
        let (name, request) = answer(json!({"request_id": 7, "action": "abort", "checkpoint_name": "x"})).unwrap();
        assert_eq!((name.as_str(), request.response), ("7", json!({"action": "abort"})));
        assert_eq!(answer(json!({"action": "approve"})).unwrap_err().code(), Code::ValidationFailed);
    }
}
