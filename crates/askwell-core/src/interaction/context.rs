//! What surrounds a question, whatever its kind.
//!
//! Job: consequences, the actions that wait for the answer, and where in a
//! longer piece of work the question stands. Neighbours: [`super::Interaction`]
//! owns one; a review judges answers by its actions.

use serde_json::{Map, Number, Value};

use super::action::{self, Action};
use super::consequence::Consequences;
use super::or_null;
use crate::finding::{Code, Finding};
use crate::reader::Reader;

/// What surrounds a question.
#[derive(Clone, Debug)]
pub(super) struct Context {
    consequences: Option<Consequences>,
    pub(super) actions: Vec<Action>,
    /// In seconds, as given.
    pub(super) extendable: Option<Number>,
    data_for_review: Option<Value>,
    checkpoint_name: Option<String>,
    node_id: Option<String>,
    attempt: Option<u64>,
}

impl Context {
    pub(super) fn read(reader: &mut Reader<'_, '_>) -> Self {
        let consequences = reader.value("consequences").and_then(|value| {
            let pointer = reader.at("consequences");
            Consequences::read(value, &pointer, reader.findings)
        });
        let extendable = reader.number("extendable_seconds").cloned();
        if extendable.as_ref().and_then(Number::as_f64).is_some_and(|seconds| seconds < 0.0) {
            let finding = Finding::new(reader.at("extendable_seconds"), Code::BelowMinimum).with("limit", 0);
            reader.findings.refuse(finding);
        }
        let attempt = reader.count("attempt");
        if attempt == Some(0) {
            let finding = Finding::new(reader.at("attempt"), Code::BelowMinimum).with("limit", 1);
            reader.findings.refuse(finding);
        }
        Self {
            consequences,
            actions: action::read(reader),
            extendable,
            data_for_review: reader.value("data_for_review").cloned(),
            checkpoint_name: reader.string("checkpoint_name", 500),
            node_id: reader.name("node_id", 500),
            attempt,
        }
    }

    pub(super) fn write(&self, out: &mut Map<String, Value>) {
        let actions: Vec<Value> = self.actions.iter().map(Action::to_value).collect();
        let values = [
            ("consequences", self.consequences.as_ref().map_or(Value::Null, Consequences::to_value)),
            ("actions", if actions.is_empty() { Value::Null } else { actions.into() }),
            ("extendable_seconds", self.extendable.clone().map_or(Value::Null, Value::Number)),
            ("data_for_review", self.data_for_review.clone().unwrap_or_default()),
            ("checkpoint_name", or_null(self.checkpoint_name.clone())),
            ("node_id", or_null(self.node_id.clone())),
            ("attempt", or_null(self.attempt)),
        ];
        out.extend(values.map(|(key, value)| (key.to_owned(), value)));
    }
}
