//! Judging an answer: the same door for a person's answer and for a `default_value`.
//!
//! Job: hand the answer to its kind. Invariant: either an answer in the kind's
//! normal form or at least one violation. Neighbours: every kind's `check`.

use serde_json::{Value, json};

use super::{Checked, FileFact, Interaction, Kind};
use crate::finding::{Code, Finding, Findings};

impl Interaction {
    /// Checks an answer against this question; pointers start with `pointer`.
    ///
    /// # Errors
    /// Every violation found, each with its pointer.
    pub fn check(&self, response: &Value, files: &[FileFact], pointer: &str) -> Result<Checked, Vec<Finding>> {
        if response.is_null() && !matches!(self.kind, Kind::Custom(_)) {
            return Err(vec![Finding::new(pointer, Code::MissingField)]);
        }
        let mut findings = Findings::default();
        let found = &mut findings;
        let mut named = Vec::new();
        let data = match &self.kind {
            Kind::Confirmation(kind) => kind.check(response, pointer, found),
            Kind::Selection(kind) => kind.check(response, pointer, found),
            Kind::TextInput(kind) => kind.check(response, pointer, found),
            Kind::FileUpload(kind) => kind.check(response, files, pointer, found).map(|(data, files)| {
                named = files;
                data
            }),
            Kind::Review(kind) => kind.check(response, &self.context.actions, pointer, found),
            Kind::Custom(kind) => Some(kind.check(response, pointer, found)),
        };
        match data {
            Some(data) if findings.violations.is_empty() => {
                Ok(Checked { data, files: named, warnings: findings.warnings })
            }
            _ => Err(findings.violations),
        }
    }

    /// A bare value as the kind's whole answer; a whole answer as it is.
    pub(super) fn whole_answer(&self, given: Value) -> Value {
        match (&self.kind, given) {
            (Kind::Custom(_), given) | (_, given @ Value::Object(_)) => given,
            (Kind::Confirmation(_), given) => json!({ "choice": given }),
            (Kind::Selection(_), given) => json!({ "selection": given }),
            (Kind::FileUpload(_), given) => json!({ "files": given }),
            (Kind::Review(_), given) => json!({ "action": given }),
            (Kind::TextInput(kind), given) => match kind.form.only_field() {
                Some(name) => json!({ name: given }),
                None => given,
            },
        }
    }
}
