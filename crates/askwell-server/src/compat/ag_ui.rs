//! AG-UI's interrupts: what a run waits for in, the entries of `resume` out.
//!
//! Job: one interrupt, or all open ones of a run together, as one session.
//! Invariants: every interrupt gets its entry, in the same order; a payload fits
//! the `responseSchema`; a no stands inside the payload, as the protocol wants
//! it. Neighbours: `ask` says how each interrupt is asked.

mod ask;
mod form;

use askwell_core::reader::{Reader, child};
use askwell_core::session::Response;
use askwell_core::{Code, Finding, Findings, Session};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use self::ask::{Interrupt, Way};
use super::decided::{self, Decided, Verdict};
use super::wording::{MAX_MESSAGE, MAX_TITLE, shortened};
use super::{Below, Recognised, Shape};

/// A single interrupt, answered by a single entry.
pub(super) const ONE: Shape = Shape {
    name: "ag_ui",
    keys: &["id", "reason", "message", "toolCallId", "responseSchema", "expiresAt", "metadata", "subagentRunId"],
    renamed: &[
        ("/interaction_data/schema/properties/single_value", "/responseSchema", Below::Same),
        ("/interaction_data/schema/$defs/0", "/responseSchema", Below::Same),
        ("/interaction_data/schema", "/responseSchema", Below::Same),
        ("/interaction_data/timeout", "/expiresAt", Below::Other),
        ("/interaction_data/actions/0/args", "/metadata/args", Below::Same),
    ],
};

/// All open ones of a run, answered by a list.
pub(super) const SEVERAL: Shape = Shape {
    name: "ag_ui_interrupts",
    keys: &["interrupts"],
    renamed: &[
        ("/interaction_data/schema", "/interrupts", Below::Other),
        ("/interaction_data/actions", "/interrupts", Below::Other),
        ("/interaction_data/timeout", "/interrupts", Below::Other),
    ],
};

/// The field of a form that asks for a single value.
const VALUE: &str = "single_value";

/// Actions that a review holds.
const MAX_INTERRUPTS: usize = 100;

pub(super) fn recognise_one(body: &Value, at: &str, findings: &mut Findings) -> Option<Recognised> {
    let interrupt = Interrupt::read(body, at, findings)?;
    let question = match &interrupt.way {
        Way::Act { .. } => json!({ "interaction_type": "review", "actions": [interrupt.action()] }),
        Way::Fill(schema) => json!({ "interaction_type": "custom", "schema": schema }),
        // A form has fields; a single value is one of them.
        Way::FillValue(_) => {
            json!({ "interaction_type": "custom", "schema": form::of(vec![(VALUE, interrupt.schema())]) })
        }
    };
    Some(recognised(question, &[interrupt], Together::No))
}

pub(super) fn recognise_several(body: &Value, at: &str, findings: &mut Findings) -> Option<Recognised> {
    let mut outer = Reader::new(body, at, findings)?;
    let pointer = outer.at("interrupts");
    let given = outer.list("interrupts", MAX_INTERRUPTS)?;
    if given.is_empty() {
        findings.refuse(Finding::new(pointer, Code::TooFew).with("limit", 1).with("actual", 0));
        return None;
    }
    let mut interrupts: Vec<Interrupt> = Vec::with_capacity(given.len());
    for (index, one) in given.iter().enumerate() {
        let at = child(&pointer, index);
        let Some(interrupt) = Interrupt::read(one, &at, findings) else { continue };
        if interrupts.iter().any(|known| known.id == interrupt.id) {
            findings.refuse(Finding::new(child(&at, "id"), Code::Duplicate).with("value", &interrupt.id));
        }
        interrupts.push(interrupt);
    }
    if interrupts.len() < given.len() {
        return None;
    }
    let all_act = interrupts.iter().all(|interrupt| matches!(interrupt.way, Way::Act { .. }));
    let question = if all_act {
        json!({ "interaction_type": "review", "actions": interrupts.iter().map(Interrupt::action).collect::<Vec<_>>() })
    } else {
        let fields = interrupts.iter().map(|interrupt| (interrupt.id.as_str(), interrupt.schema())).collect();
        json!({ "interaction_type": "custom", "schema": form::of(fields) })
    };
    Some(recognised(question, &interrupts, Together::Yes))
}

/// Whether interrupts came as a list.
#[derive(Clone, Copy, PartialEq)]
enum Together {
    Yes,
    No,
}

fn recognised(mut question: Value, interrupts: &[Interrupt], together: Together) -> Recognised {
    let title = interrupts.first().map(Interrupt::title).unwrap_or_default();
    let more = interrupts.len() - 1;
    question["title"] = if more > 0 { shortened(&format!("{title} (+{more})"), MAX_TITLE) } else { title }.into();
    if let [only] = interrupts {
        question["message"] = only.message.clone().into();
    }
    if question["interaction_type"] == "custom" {
        // A form shows what is to be filled in. What will run, and with what, is shown beside it.
        let actions: Vec<Value> = interrupts.iter().filter(|each| each.acts()).map(Interrupt::action).collect();
        question["actions"] = if actions.is_empty() { Value::Null } else { actions.into() };
        if more > 0 {
            let messages: Vec<&str> = interrupts.iter().map(|each| each.message.as_str()).collect();
            let told: Vec<&str> = messages.into_iter().filter(|message| !message.is_empty()).collect();
            question["message"] = shortened(&told.join("\n\n"), MAX_MESSAGE).into();
        }
    }
    let given: Vec<Value> = interrupts.iter().map(Interrupt::given).collect();
    Recognised {
        question,
        given: match (together, given.as_slice()) {
            (Together::No, [only]) => only.clone(),
            _ => given.into(),
        },
        expires_at: interrupts.iter().filter_map(|interrupt| interrupt.expires_at).min(),
    }
}

pub(super) fn render_one(session: &Session, given: &Value, response: &Response) -> Option<Value> {
    if session.opened.interaction.kind() == "custom" {
        let payload = if given["as"] == VALUE { &response.data[VALUE] } else { &response.data };
        return Some(resolved(given, payload));
    }
    decided::of(session)?.first().map(|decided| entry(given, decided))
}

pub(super) fn render_several(session: &Session, given: &Value, response: &Response) -> Option<Value> {
    let given = given.as_array()?;
    if session.opened.interaction.kind() == "custom" {
        let payload = |each: &Value| resolved(each, &response.data[each["id"].as_str().unwrap_or_default()]);
        return Some(given.iter().map(payload).collect());
    }
    let decided = decided::of(session).filter(|decided| decided.len() == given.len())?;
    Some(given.iter().zip(&decided).map(|(given, decided)| entry(given, decided)).collect())
}

fn resolved(given: &Value, payload: &Value) -> Value {
    json!({ "interruptId": given["id"], "status": "resolved", "payload": payload })
}

/// What was decided, in the payload that the interrupt expects.
fn entry(given: &Value, decided: &Decided) -> Value {
    let approved = matches!(decided.verdict, Verdict::Approve | Verdict::Edit(_));
    match given["as"].as_str() {
        Some("boolean") => resolved(given, &approved.into()),
        // What nobody has defined a no for is abandoned.
        Some("open") if !approved => json!({ "interruptId": given["id"], "status": "cancelled" }),
        _ => {
            let mut payload = Map::from_iter([("approved".to_owned(), approved.into())]);
            if let Verdict::Edit(edited) = &decided.verdict {
                payload.insert("editedArgs".to_owned(), edited.clone());
            }
            resolved(given, &payload.into())
        }
    }
}

/// An instant as the protocol writes it.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}
