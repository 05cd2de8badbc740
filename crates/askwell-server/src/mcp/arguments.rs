//! The arguments of a tool, as models send them.
//!
//! Job: typed values, leniently: numbers and booleans as text, JSON as text,
//! `null` and empty text as absent. Invariant: what is not understood is
//! refused by its pointer; what is not known is ignored and named.

use std::time::Duration;

use askwell_core::ids::SessionId;
use askwell_core::json::parse;
use askwell_core::reader::wrong_type;
use askwell_core::{Code as Fault, Finding};
use serde_json::{Map, Number, Value};

use crate::wire::problem::{Issue, Problem};

/// Waiting longer than this means "for as long as it takes".
const LONGEST_WAIT: Duration = Duration::from_hours(24 * 365);

/// The arguments of one call.
pub(super) struct Arguments {
    given: Map<String, Value>,
    issues: Vec<Issue>,
    /// What the model should know of how its arguments were taken.
    pub(super) notes: Vec<String>,
}

impl Arguments {
    pub(super) fn of(given: Option<Map<String, Value>>) -> Self {
        Self { given: given.unwrap_or_default(), issues: Vec::new(), notes: Vec::new() }
    }

    /// The value as it is.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        self.given.shift_remove(key).filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    /// A text; a number or a boolean is one, too.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
            other => self.refuse(key, "string", &other),
        }
    }

    /// A text that must be there.
    pub(super) fn needed_text(&mut self, key: &str) -> Option<String> {
        let before = self.issues.len();
        let text = self.text(key);
        if text.is_none() && self.issues.len() == before {
            self.issues.push(Issue::Body(Finding::new(format!("/{key}"), Fault::MissingField)));
        }
        text
    }

    /// A number, be it text.
    pub(super) fn number(&mut self, key: &str) -> Option<f64> {
        let value = self.take(key)?;
        let number = match &value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number.filter(|number| number.is_finite()) {
            Some(number) => Some(number),
            None => self.refuse(key, "number", &value),
        }
    }

    /// How long to wait; less than nothing is nothing.
    pub(super) fn wait(&mut self, key: &str) -> Option<Duration> {
        let seconds = self.number(key)?.max(0.0);
        Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT))
    }

    /// A deadline in seconds, brought within what is allowed.
    pub(super) fn deadline(&mut self, key: &str, longest: Duration) -> Option<Number> {
        let seconds = self.number(key)?;
        let longest = longest.as_secs_f64();
        if seconds <= 0.0 {
            self.notes.push(format!("{key} {seconds} is no time at all; the server's own default is used."));
            return None;
        }
        let taken = seconds.clamp(1.0, longest);
        if (taken - seconds).abs() > f64::EPSILON {
            self.notes.push(format!("{key} was {seconds}; it is taken as {taken} (1 to {longest} are allowed)."));
        }
        whole(taken).or_else(|| Number::from_f64(taken))
    }

    /// Yes or no, be it text.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.take(key)?;
        match &value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => self.refuse(key, "boolean", &value),
        }
    }

    /// An array or an object, be it as text.
    pub(super) fn structure(&mut self, key: &str) -> Option<Value> {
        match self.take(key)? {
            Value::String(text) => {
                let read = parse(text.as_bytes()).ok().filter(|value| value.is_array() || value.is_object());
                Some(read.unwrap_or(Value::String(text)))
            }
            other => Some(other),
        }
    }

    /// The session that is meant; nothing where it can be none.
    pub(super) fn session(&mut self, key: &str) -> Option<SessionId> {
        let text = self.needed_text(key)?;
        // What is no id is the id of nothing.
        Some(text.trim().parse().unwrap_or(SessionId::NONE))
    }

    fn refuse<T>(&mut self, key: &str, expected: &str, value: &Value) -> Option<T> {
        self.issues.push(Issue::Body(wrong_type(&format!("/{key}"), expected, value)));
        None
    }

    /// What to tell of the arguments.
    ///
    /// # Errors
    /// What of them is wrong.
    pub(super) fn done(mut self) -> Result<Vec<String>, Problem> {
        if !self.issues.is_empty() {
            return Err(Problem::invalid(self.issues));
        }
        let unknown: Vec<&str> = self.given.keys().map(String::as_str).collect();
        if !unknown.is_empty() {
            self.notes.push(format!("Unknown arguments were ignored: {}.", unknown.join(", ")));
        }
        Ok(self.notes)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within what a century has of seconds")]
fn whole(seconds: f64) -> Option<Number> {
    (seconds.fract() == 0.0).then(|| (seconds as u64).into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(value: Value) -> Arguments {
        let Value::Object(given) = value else { panic!("an object") };
        Arguments::of(Some(given))
    }

    #[test]
    fn models_send_numbers_as_text() {
        let mut given = of(json!({"a": "2", "b": 2.5, "c": "x", "d": "", "e": null, "f": "true", "g": 7, "h": "[1]"}));
        assert_eq!((given.number("a"), given.number("b")), (Some(2.0), Some(2.5)));
        assert_eq!((given.number("d"), given.number("e")), (None, None));
        assert_eq!((given.flag("f"), given.text("g")), (Some(true), Some("7".to_owned())));
        assert_eq!(given.structure("h"), Some(json!([1])));
        assert!(given.number("c").is_none());
        let problem = given.done().unwrap_err();
        assert_eq!(problem.code(), crate::wire::problem::Code::ValidationFailed);
    }

    #[test]
    fn deadlines_are_brought_within_what_is_allowed() {
        let hour = Duration::from_hours(1);
        for (seconds, taken, notes) in [
            (json!(60), json!(60), 0),
            (json!("90.5"), json!(90.5), 0),
            (json!(0.2), json!(1), 1),
            (json!(1e12), json!(3_600), 1),
            (json!(0), json!(null), 1),
            (json!(-5), json!(null), 1),
        ] {
            let mut given = of(json!({ "timeout_seconds": seconds }));
            let deadline = given.deadline("timeout_seconds", hour);
            assert_eq!(deadline.map_or(Value::Null, Value::Number), taken, "{seconds}");
            assert_eq!(given.notes.len(), notes, "{seconds}");
        }
    }

    #[test]
    fn what_is_not_known_is_named() {
        let mut given = of(json!({"title": "t", "tittle": 1}));
        given.text("title");
        assert_eq!(given.done().unwrap(), ["Unknown arguments were ignored: tittle."]);
    }
}
