//! Asking: from a create body to the best answer that the client can take.
//!
//! The ladder: a task where the client takes one; else a call that waits, for
//! long where it can tell of progress and briefly where it cannot; else, or
//! when that ends, `pending` with the next call to make.

use std::future::Future;
use std::time::Duration;

use askwell_app::{AppError, OpenRequest, Opened};
use askwell_core::Finding;
use askwell_core::digest::body_hash;
use futures::future::Either;
use rmcp::model::CallToolResponse;
use serde_json::{Map, Value, json};

use super::{Failure, Name};
use crate::mcp::arguments::Arguments;
use crate::mcp::call::Call;
use crate::mcp::waiting::{Patience, outcome};
use crate::mcp::{elicitation, outcome as wire, tasks};
use crate::wire::problem::finding_text;

/// What stands beside a question, whichever tool asks it.
pub(super) struct Beside {
    tool: Name,
    timeout: Option<serde_json::Number>,
    workflow_id: Option<String>,
    idempotency_key: Option<String>,
    risk: Option<String>,
}

impl Beside {
    pub(super) fn take(tool: Name, call: &Call, given: &mut Arguments) -> Self {
        let longest = call.app().settings().limits.max_timeout;
        Self {
            tool,
            timeout: given.deadline("timeout_seconds", longest),
            workflow_id: given.text("workflow_id"),
            idempotency_key: given.text("idempotency_key"),
            risk: given.text("risk"),
        }
    }

    /// The create body. Nothing in it depends on how long the call waits, so that a repeat is one.
    fn body(&self, question: &Map<String, Value>, on_timeout: Option<String>) -> Value {
        let mut body = json!({
            "interaction_data": question,
            "metadata": { "mcp": { "tool": self.tool.as_str() } },
        });
        let beside = [
            ("timeout", self.timeout.clone().map(Value::Number)),
            ("workflow_id", self.workflow_id.clone().map(Value::String)),
            ("risk", self.risk.clone().map(Value::String)),
            ("on_timeout", on_timeout.map(Value::String)),
        ];
        for (key, value) in beside {
            if let Some(value) = value {
                body[key] = value;
            }
        }
        body
    }

    /// The session that the same call opened before, as the state says that it brings back; nothing where that is of
    /// another question, or of none that the caller may see.
    async fn opened_before(&self, call: &Call, body: &Value, again: &str) -> Result<Option<Opened>, Failure> {
        let Ok(id) = again.parse() else { return Ok(None) };
        let stored = match call.app().get(&call.caller, id).await {
            Ok(stored) => stored,
            Err(AppError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let preview = call.app().preview(&call.caller, body).await.map_err(as_sent)?;
        let is_same = preview.session.opened.content_hash == stored.session.opened.content_hash;
        Ok(is_same.then_some(Opened { stored, warnings: Vec::new(), repeated: false, allowance: None }))
    }

    /// Opens the session, or finds the one that the same call opened before.
    pub(super) async fn open(
        self,
        call: &Call,
        question: Map<String, Value>,
        on_timeout: Option<String>,
        notes: &mut Vec<String>,
        again: Option<&str>,
    ) -> Result<Opened, Failure> {
        let mut body = self.body(&question, on_timeout);
        let asked = body_hash(&body);
        body["metadata"]["mcp"]["client"] = json!(call.client);
        if let Some(again) = again
            && let Some(opened) = self.opened_before(call, &body, again).await?
        {
            return Ok(opened);
        }
        let request = OpenRequest {
            body,
            idempotency_key: self.idempotency_key,
            request_id: None,
            requester: call.client.clone(),
            // What the client calls itself is no part of what it asks.
            sent: Some(asked),
        };
        let opened = call.app().open(&call.caller, request).await.map_err(as_sent)?;
        notes.extend(opened.warnings.iter().map(|finding| {
            let finding = place_as_sent(finding.clone());
            format!("{}: {}", finding.pointer, finding_text(&finding, call.locale))
        }));
        if opened.repeated {
            notes.push("This idempotency_key was used before: this is the request of then.".to_owned());
        }
        Ok(opened)
    }
}

/// Answers a call that asked, as the client can take it.
pub(super) async fn answer(
    call: &Call,
    opened: Opened,
    wished: Option<Duration>,
    mut notes: Vec<String>,
    again: Option<String>,
) -> Result<CallToolResponse, Failure> {
    let session = opened.stored.session;
    let patience = Patience::of(call, wished, &mut notes);
    if session.status.is_closed() || patience == Patience::Nothing {
        return Ok(wire::result(call, &session, &notes).into());
    }
    if call.takes_tasks() {
        return Ok(tasks::created(call, &session).into());
    }
    let id = session.id();
    let is_asked = elicitation::is_wanted(call);
    if is_asked && call.is_stateless() && again.is_none() {
        return Ok(elicitation::required(call, &session).into());
    }
    let stored = if is_asked && !call.is_stateless() {
        let asking = elicitation::ask(call, id);
        let waiting = outcome(call, id, patience);
        beside(waiting, asking).await?
    } else {
        outcome(call, id, patience).await?
    };
    Ok(wire::result(call, &stored.session, &notes).into())
}

/// The first, whatever becomes of the second.
async fn beside<T>(first: impl Future<Output = T>, second: impl Future<Output = ()>) -> T {
    let (first, second) = (std::pin::pin!(first), std::pin::pin!(second));
    match futures::future::select(first, second).await {
        Either::Left((done, _)) => done,
        Either::Right(((), first)) => first.await,
    }
}

/// What is wrong with a body, pointing into the arguments that it was made of.
fn as_sent(error: AppError) -> Failure {
    match error {
        AppError::Invalid(findings) => {
            let issues = findings.into_iter().map(place_as_sent).map(crate::wire::problem::Issue::Body).collect();
            crate::wire::problem::Problem::invalid(issues).into()
        }
        error => error.into(),
    }
}

fn place_as_sent(mut finding: Finding) -> Finding {
    if let Some(rest) = finding.pointer.strip_prefix("/interaction_data") {
        finding.pointer = rest.to_owned();
    }
    if let Some(rest) = finding.pointer.strip_prefix("/timeout") {
        finding.pointer = format!("/timeout_seconds{rest}");
    }
    finding
}

/// What happens on an answer: a sentence, or one on silence beside it.
pub(super) fn consequences(given: &mut Arguments) -> Option<Value> {
    given.structure("consequences").map(|value| match value {
        Value::Object(_) => value,
        sentence => json!({ "on_answer": sentence }),
    })
}
