//! The keys of a small body, taken out one by one.
//!
//! Job: typed values, and what is wrong with them by pointer. Neighbours: `body`
//! and the shapes of others read with it; interactions and answers are read by
//! `askwell_core`.

use askwell_core::reader::wrong_type;
use askwell_core::{Code as Fault, Finding};
use serde_json::{Map, Value};

use super::problem::{Issue, Problem};

const MAX_NAME: usize = 255;

/// What the length of a text is counted in.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    Bytes,
    Characters,
}

/// The keys of a small body. `null` means absent everywhere.
pub(crate) struct Keys {
    body: Map<String, Value>,
    issues: Vec<Issue>,
}

impl Keys {
    /// The keys of an object; anything else is wrong.
    pub(crate) fn of(body: Value) -> Result<Self, Problem> {
        match body {
            Value::Object(body) => Ok(Self { body, issues: Vec::new() }),
            other => Err(Problem::invalid(vec![Issue::Body(wrong_type("", "object", &other))])),
        }
    }

    /// The same, where nothing at all is an empty object.
    pub(crate) fn of_optional(body: Value) -> Result<Self, Problem> {
        Self::of(if body.is_null() { Value::Object(Map::new()) } else { body })
    }

    /// The value, if nothing was found wrong.
    pub(crate) fn done<T>(self, value: T) -> Result<T, Problem> {
        if self.issues.is_empty() { Ok(value) } else { Err(Problem::invalid(self.issues)) }
    }

    /// Whether the key is there, be it null.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.body.contains_key(key)
    }

    /// Whether nothing was found wrong so far.
    pub(crate) fn is_good(&self) -> bool {
        self.issues.is_empty()
    }

    /// Notes what is wrong with a key, unless something was noted already.
    pub(crate) fn issue_unless_any(&mut self, key: &str, code: Fault) {
        if self.is_good() {
            self.issue(Finding::new(format!("/{key}"), code));
        }
    }

    /// Takes a key's value out.
    pub(crate) fn take(&mut self, key: &str) -> Option<Value> {
        self.body.remove(key).filter(|value| !value.is_null())
    }

    /// Notes that something is wrong.
    pub(crate) fn issue(&mut self, finding: Finding) {
        self.issues.push(Issue::Body(finding));
    }

    /// Notes that a value has another type than expected.
    pub(crate) fn wrong_type(&mut self, key: &str, expected: &str, actual: &Value) {
        self.issue(wrong_type(&format!("/{key}"), expected, actual));
    }

    /// A text of at most `limit`; a blank one is absent.
    pub(crate) fn text(&mut self, key: &str, limit: usize, unit: Unit) -> Option<String> {
        let text = match self.take(key)? {
            Value::String(text) => text,
            other => {
                self.wrong_type(key, "string", &other);
                return None;
            }
        };
        let (actual, unit) = match unit {
            Unit::Bytes => (text.len(), "bytes"),
            Unit::Characters => (text.chars().count(), "characters"),
        };
        if actual > limit {
            let finding = Finding::new(format!("/{key}"), Fault::TooLong);
            self.issue(finding.with("limit", limit).with("actual", actual).with("unit", unit));
            return None;
        }
        Some(text).filter(|text| !text.trim().is_empty())
    }

    /// A text as short as a name.
    pub(crate) fn short(&mut self, key: &str) -> Option<String> {
        self.text(key, MAX_NAME, Unit::Characters)
    }

    /// A name or an id; some clients send it as an integer.
    pub(crate) fn name(&mut self, key: &str) -> Option<String> {
        if let Some(Value::Number(number)) = self.body.get(key)
            && !number.is_f64()
        {
            let text = number.to_string();
            self.body.insert(key.to_owned(), Value::String(text));
        }
        self.short(key)
    }
}
