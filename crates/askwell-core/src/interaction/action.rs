//! The actions that wait for an answer: what will run, with which arguments.
//!
//! Job: read them, and what a reviewer may do with each. Invariant: every
//! action may be decided on in at least one way. Neighbours: [`super::review`].

use serde_json::{Value, json};

use super::or_null;
use crate::finding::{Code, Finding, Findings};
use crate::reader::{Reader, child};
use crate::text::Text;

const MAX_ACTIONS: usize = 100;

/// What a reviewer may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// Let it run.
    Approve,
    /// Let it run with other arguments: `approve` with `edited`.
    Edit,
    /// Send it back with instructions; nothing runs.
    Modify,
    /// End it.
    Abort,
}

impl Verb {
    pub(super) const WORDS: [(&str, Self); 4] =
        [("approve", Self::Approve), ("edit", Self::Edit), ("modify", Self::Modify), ("abort", Self::Abort)];

    /// What may be done where nothing is said: to edit needs arguments that the requester has agreed to see changed.
    pub(super) const DEFAULT: [Self; 3] = [Self::Approve, Self::Modify, Self::Abort];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Edit => "edit",
            Self::Modify => "modify",
            Self::Abort => "abort",
        }
    }
}

/// One action that waits for the answer.
#[derive(Clone, Debug)]
pub(super) struct Action {
    kind: String,
    target: Option<String>,
    args: Option<Value>,
    description: Option<Text>,
    pub(super) allowed: Vec<Verb>,
}

/// Reads `actions`, or `action` for a list of one.
pub(super) fn read(reader: &mut Reader<'_, '_>) -> Vec<Action> {
    let key = reader.spelled("actions", "action");
    let pointer = reader.at(key);
    match reader.value(key) {
        None => Vec::new(),
        Some(single @ Value::Object(_)) if key == "action" => {
            Action::read(single, &pointer, reader.findings).into_iter().collect()
        }
        Some(_) => {
            let entries = reader.list(key, MAX_ACTIONS).unwrap_or_default().iter().enumerate();
            entries.filter_map(|(index, entry)| Action::read(entry, &child(&pointer, index), reader.findings)).collect()
        }
    }
}

impl Action {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let mut reader = Reader::new(value, pointer, findings)?;
        let kind = reader.required("kind").and_then(|_| reader.string("kind", 200));
        let target = reader.string("target", 2_000);
        let args = reader.value("args").cloned();
        let description = reader.text("description", 10_000);
        let allowed = read_allowed(&mut reader);
        reader.finish();
        Some(Self { kind: kind?, target, args, description, allowed })
    }

    pub(super) fn to_value(&self) -> Value {
        json!({
            "kind": self.kind,
            "target": self.target,
            "args": self.args,
            "description": or_null(self.description.as_ref().map(Text::to_value)),
            "allowed": self.allowed.iter().map(|verb| verb.word()).collect::<Vec<_>>(),
        })
    }
}

fn read_allowed(reader: &mut Reader<'_, '_>) -> Vec<Verb> {
    if reader.value("allowed").is_none() {
        return Verb::DEFAULT.to_vec();
    }
    let pointer = reader.at("allowed");
    let mut allowed = Vec::new();
    for (index, word) in reader.strings("allowed", 20, 100).iter().enumerate() {
        let at = child(&pointer, index);
        match Verb::WORDS.iter().find(|(known, _)| known == word) {
            Some((_, verb)) if allowed.contains(verb) => {
                reader.findings.refuse(Finding::new(at, Code::Duplicate).with("value", word));
            }
            Some((_, verb)) => allowed.push(*verb),
            None => reader.findings.refuse(
                Finding::new(at, Code::NotAllowed)
                    .with("value", word)
                    .with("allowed", Verb::WORDS.map(|(word, _)| word).join(", ")),
            ),
        }
    }
    // To edit is a way to approve, so it comes with it.
    if allowed.contains(&Verb::Edit) && !allowed.contains(&Verb::Approve) {
        allowed.insert(0, Verb::Approve);
    }
    if allowed.is_empty() {
        let finding = Finding::new(pointer, Code::TooFew).with("limit", 1).with("actual", 0);
        reader.findings.refuse(finding);
    }
    allowed
}
