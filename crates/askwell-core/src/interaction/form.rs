//! The fields of a form, together.
//!
//! Job: read `fields`, judge an object of answers. Invariant: no two fields
//! have one name. Neighbours: [`super::text_input`] is a form and
//! [`super::review`] may hold one.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::field::{Field, Presence};
use crate::finding::{Code, Finding, Findings};
use crate::reader::{Reader, child};

const MAX_FIELDS: usize = 100;

/// The fields of a form; at least one.
#[derive(Clone, Debug)]
pub(super) struct Form(Vec<Field>);

/// Whether an answer must be complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Required fields must be there.
    Complete,
    /// What is there must be right.
    Partial,
}

impl Form {
    /// Reads `fields`. `None` where absent or wrong.
    pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<Self> {
        let pointer = reader.at("fields");
        let entries = reader.list("fields", MAX_FIELDS)?;
        if entries.is_empty() {
            reader.findings.refuse(Finding::new(pointer, Code::TooFew).with("limit", 1).with("actual", 0));
            return None;
        }
        let mut names = HashSet::new();
        let mut fields = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let at = child(&pointer, index);
            let Some(field) = Field::read(entry, &at, reader.findings) else { continue };
            if names.insert(field.name.clone()) {
                fields.push(field);
            } else {
                let finding = Finding::new(child(&at, "name"), Code::Duplicate).with("value", field.name);
                reader.findings.refuse(finding);
            }
        }
        (fields.len() == entries.len()).then_some(Self(fields))
    }

    pub(super) fn to_value(&self) -> Value {
        self.0.iter().map(Field::to_value).collect()
    }

    /// The field's name, where there is only one.
    pub(super) fn only_field(&self) -> Option<&str> {
        match self.0.as_slice() {
            [field] => Some(&field.name),
            _ => None,
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|field| field.name == name)
    }

    /// Brings each field's `default` to its normal form; one that would not pass as an answer is a violation.
    pub(super) fn settle_defaults(&mut self, pointer: &str, findings: &mut Findings) {
        for (index, field) in self.0.iter_mut().enumerate() {
            let Some(given) = field.default.take() else { continue };
            let empty = match &given {
                Value::String(text) => text.is_empty(),
                Value::Array(list) => list.is_empty(),
                _ => false,
            };
            if empty {
                // Nothing filled in beforehand, in another spelling.
                continue;
            }
            let mut found = Findings::default();
            field.default = field.check(&given, "", &mut found);
            for violation in found.violations {
                let at = child(&child(pointer, index), "default");
                findings.refuse(Finding::new(at, Code::InvalidDefault).with("reason", violation.code));
            }
        }
    }

    /// The answers in their normal form: what was left empty is left out; unknown keys are dropped and named.
    pub(super) fn check(
        &self,
        answers: &Map<String, Value>,
        strictness: Strictness,
        pointer: &str,
        findings: &mut Findings,
    ) -> Map<String, Value> {
        let mut data = Map::new();
        for field in &self.0 {
            let at = child(pointer, &field.name);
            match answers.get(&field.name) {
                Some(given) if !field.is_empty(given) => {
                    if let Some(value) = field.check(given, &at, findings) {
                        data.insert(field.name.clone(), value);
                    }
                }
                _ if field.presence == Presence::Required && strictness == Strictness::Complete => {
                    findings.refuse(Finding::new(at, Code::Required));
                }
                _ => {}
            }
        }
        for key in answers.keys().filter(|key| !self.has(key)) {
            findings.warn(Finding::new(child(pointer, key), Code::UnknownKey).with("key", key));
        }
        data
    }
}
