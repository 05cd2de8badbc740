//! The shapes of others: pure functions from their bodies to ours and back.
//!
//! Job: recognise what frameworks hand to people, and answer it in their own
//! shape. Invariants: nothing here knows a transport, a clock or a store; what
//! is rendered comes out of what people were shown, but for names that nobody
//! need see, which `asked_as` carries. Neighbours: transports call [`create`];
//! [`resume`] is wired into the application, so that callbacks say what the API
//! says.

mod ag_ui;
pub(crate) mod claude_code;
mod decided;
mod langchain;
mod langgraph;
pub(crate) mod sentient;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_support;
pub(crate) mod wording;

use askwell_app::AppError;
use askwell_app::ports::BodyHash;
use askwell_core::digest::body_hash;
use askwell_core::reader::{Reader, wrong_type};
use askwell_core::session::{Limits, Source};
use askwell_core::{Code, Finding, Findings, Session};
use jiff::Timestamp;
use serde_json::{Map, Number, Value, json};

use crate::wire::problem::{Issue, Problem};

/// A framework's shape: its name in `asked_as`, the keys it uses, and where its values go in ours.
struct Shape {
    name: &'static str,
    keys: &'static [&'static str],
    renamed: &'static [(&'static str, &'static str, Below)],
}

/// What lies below a value of ours.
#[derive(Clone, Copy, Debug)]
enum Below {
    /// The same lies below theirs.
    Same,
    /// Something else: theirs is named as a whole.
    Other,
}

/// What a recogniser makes of a body.
struct Recognised {
    /// The `interaction_data`.
    question: Value,
    /// What the answer needs beside what is shown.
    given: Value,
    /// Until when an answer is of use.
    expires_at: Option<Timestamp>,
}

/// A create body in our shape.
#[derive(Debug)]
pub(crate) struct Create {
    pub(crate) body: Value,
    /// What a repeat is known by, where the body says what holds only now.
    pub(crate) sent: Option<BodyHash>,
    /// Where in what was sent the body stood: a list of one has it within.
    at: &'static str,
    /// Our pointers and theirs, within the body.
    renamed: &'static [(&'static str, &'static str, Below)],
}

/// The create body of what was sent: as it is where that is in our own shape or in none that is known.
///
/// # Errors
/// What of a framework's shape is missing or wrong.
pub(crate) fn create(given: Value, now: Timestamp, limits: &Limits) -> Result<Create, Problem> {
    let (mut body, at) = match given {
        // Agent Inbox hands over a list of one.
        Value::Array(mut list) if list.first().is_some_and(|one| has(one, "action_request")) => {
            if list.len() > 1 {
                let finding = Finding::new("", Code::TooMany).with("limit", 1).with("actual", list.len());
                return Err(Problem::invalid(vec![Issue::Body(finding)]));
            }
            (list.swap_remove(0), "/0")
        }
        other => (other, ""),
    };
    let Some((shape, recognise)) = shape_of(&body) else { return Ok(Create { body, sent: None, at, renamed: &[] }) };
    let mut findings = Findings::default();
    let recognised = recognise(&body, at, &mut findings).filter(|_| findings.violations.is_empty());
    let Some(mut recognised) = recognised else { return Err(AppError::Invalid(findings.violations).into()) };
    // The time that is left is another each time it is asked for.
    let sent = recognised.expires_at.map(|_| body_hash(&body));
    if let Some(expires_at) = recognised.expires_at {
        recognised.question["timeout"] = json!(seconds_left(&body, expires_at, now, limits));
    }
    if let Value::Object(body) = &mut body {
        // What stands beside the framework's own is ours: callback_url, workflow_id and the like.
        body.retain(|key, _| !shape.keys.contains(&key.as_str()));
        body.insert("interaction_data".to_owned(), recognised.question);
        body.insert("asked_as".to_owned(), json!({ "shape": shape.name, "given": recognised.given }));
    }
    Ok(Create { body, sent, at, renamed: shape.renamed })
}

impl Create {
    /// The problem with it, named as the sender named things.
    pub(crate) fn problem(&self, error: AppError) -> Problem {
        match error {
            AppError::Invalid(findings) => AppError::Invalid(self.named(findings)).into(),
            error => error.into(),
        }
    }

    /// What was found, named as the sender named things.
    pub(crate) fn named(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let pointer = |given: String| {
            let theirs = self.renamed.iter().find_map(|(ours, theirs, below)| {
                let rest = given.strip_prefix(ours)?;
                let rest = if rest.is_empty() || rest.starts_with('/') { rest } else { return None };
                Some(match below {
                    Below::Same => format!("{theirs}{rest}"),
                    Below::Other => (*theirs).to_owned(),
                })
            });
            format!("{}{}", self.at, theirs.unwrap_or(given))
        };
        findings.into_iter().map(|finding| Finding { pointer: pointer(finding.pointer), ..finding }).collect()
    }
}

type Recognise = fn(&Value, &str, &mut Findings) -> Option<Recognised>;

/// The shape of a body; the order decides where one could be read as several.
fn shape_of(body: &Value) -> Option<(&'static Shape, Recognise)> {
    let ours = has(body, "interaction_data") || (has(body, "interaction_type") && has(body, "title"));
    if ours {
        None
    } else if has(body, "action_requests") {
        Some((&langchain::SHAPE, langchain::recognise))
    } else if has(body, "action_request") {
        Some((&langgraph::SHAPE, langgraph::recognise))
    } else if has(body, "interrupts") {
        Some((&ag_ui::SEVERAL, ag_ui::recognise_several))
    } else if body["type"] == langchain::CALL_TYPE && has(body, "name") {
        Some((&langchain::CALL, langchain::recognise_call))
    } else if has(body, "id") && has(body, "reason") {
        Some((&ag_ui::ONE, ag_ui::recognise_one))
    } else {
        None
    }
}

fn has(body: &Value, key: &str) -> bool {
    body.get(key).is_some_and(|value| !value.is_null())
}

/// The time until an answer is of no more use, within what the sender and the owner allow.
fn seconds_left(body: &Value, expires_at: Timestamp, now: Timestamp, limits: &Limits) -> Number {
    let left = expires_at.duration_since(now).as_secs_f64().min(limits.max_timeout.as_secs_f64());
    match body.get("timeout").and_then(Value::as_number) {
        Some(given) if given.as_f64().is_some_and(|given| given < left) => given.clone(),
        _ => Number::from_f64(left).unwrap_or_else(|| 0.into()),
    }
}

/// What a session's response is in the shape it was asked in (wire: `response.resume`). Nothing where that is ours, or
/// where no person answered.
#[must_use]
pub fn resume(session: &Session) -> Option<Value> {
    let asked_as = session.opened.asked_as.as_ref()?;
    let response = session.state.response.as_ref().filter(|response| response.source == Source::Person)?;
    match &*asked_as.shape {
        name if name == langgraph::SHAPE.name => langgraph::render(session, &asked_as.given),
        name if name == langchain::SHAPE.name => langchain::render(session, &asked_as.given),
        name if name == langchain::CALL.name => langchain::render_call(session, &asked_as.given),
        name if name == ag_ui::ONE.name => ag_ui::render_one(session, &asked_as.given, response),
        name if name == ag_ui::SEVERAL.name => ag_ui::render_several(session, &asked_as.given, response),
        _ => None,
    }
}

/// Arguments by name; none where nothing is given.
fn arguments(value: Option<&Value>) -> Value {
    value.cloned().unwrap_or_else(|| Value::Object(Map::new()))
}

/// An object under a key; anything else there is wrong.
fn object<'v>(reader: &mut Reader<'v, '_>, key: &'static str) -> Option<&'v Value> {
    let value = reader.value(key)?;
    if value.is_object() {
        return Some(value);
    }
    let finding = wrong_type(&reader.at(key), "object", value);
    reader.findings.refuse(finding);
    None
}
