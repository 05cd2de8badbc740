//! The options that a person chooses from.
//!
//! Job: read them (bare values, too) and find the one that an answer names.
//! Invariant: no two options have the same text, so that the text alone names
//! one, whatever JSON type an answer gives it. Neighbours: confirmation,
//! selection and the choosing fields of a form.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::digest::canonical;
use crate::finding::{Code, Finding, Findings};
use crate::reader::{Reader, child, wrong_type};
use crate::text::Text;

const MAX_OPTIONS: usize = 500;
const MAX_VALUE: usize = 1_000;
const MAX_LABEL: usize = 1_000;
const MAX_DESCRIPTION: usize = 10_000;

/// How many values an error message names.
const NAMED_IN_ERRORS: usize = 20;

/// The options of a question or a field; at least one.
#[derive(Clone, Debug)]
pub(super) struct Choices(Vec<Choice>);

#[derive(Clone, Debug)]
struct Choice {
    /// A string, number or boolean.
    value: Value,
    /// The value as text.
    text: String,
    label: Text,
    description: Option<Text>,
}

impl Choices {
    /// Options of plain values and labels.
    pub(super) fn of<const N: usize>(options: [(&str, Text); N]) -> Self {
        let choice = |(value, label): (&str, Text)| Choice {
            value: value.into(),
            text: value.to_owned(),
            label,
            description: None,
        };
        Self(options.map(choice).into())
    }

    /// Reads `options`. `None` where absent or wrong.
    pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<Self> {
        let pointer = reader.at("options");
        let entries = reader.list("options", MAX_OPTIONS)?;
        if entries.is_empty() {
            reader.findings.refuse(Finding::new(pointer, Code::TooFew).with("limit", 1).with("actual", 0));
            return None;
        }
        let mut seen = HashSet::new();
        let mut choices = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let at = child(&pointer, index);
            let Some(choice) = Choice::read(entry, &at, reader.findings) else { continue };
            if seen.insert(choice.text.clone()) {
                choices.push(choice);
            } else {
                reader.findings.refuse(Finding::new(at, Code::Duplicate).with("value", choice.text));
            }
        }
        Some(Self(choices))
    }

    pub(super) fn to_value(&self) -> Value {
        self.0.iter().map(Choice::to_value).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The value of the option that `given` names, by JSON type or by its text.
    pub(super) fn find(&self, given: &Value, pointer: &str, findings: &mut Findings) -> Option<Value> {
        let Some(text) = scalar_text(given) else {
            findings.refuse(wrong_type(pointer, "string", given));
            return None;
        };
        let found = self.0.iter().find(|choice| choice.text == text);
        if found.is_none() {
            let named: Vec<&str> = self.0.iter().take(NAMED_IN_ERRORS).map(|choice| choice.text.as_str()).collect();
            let more = if self.0.len() > NAMED_IN_ERRORS { ", …" } else { "" };
            let shown: String = text.chars().take(MAX_VALUE).collect();
            findings.refuse(
                Finding::new(pointer, Code::UnknownOption)
                    .with("value", shown)
                    .with("allowed", named.join(", ") + more),
            );
        }
        found.map(|choice| choice.value.clone())
    }

    /// The values of several options, in the order given; a bare value is a list of one.
    pub(super) fn find_several(&self, given: &Value, pointer: &str, findings: &mut Findings) -> Option<Vec<Value>> {
        let Value::Array(list) = given else {
            return self.find(given, pointer, findings).map(|value| vec![value]);
        };
        if list.len() > self.len() {
            let finding = Finding::new(pointer, Code::TooMany).with("limit", self.len()).with("actual", list.len());
            findings.refuse(finding);
            return None;
        }
        let before = findings.violations.len();
        let mut seen = HashSet::new();
        let mut values = Vec::with_capacity(list.len());
        for (index, entry) in list.iter().enumerate() {
            let at = child(pointer, index);
            let Some(value) = self.find(entry, &at, findings) else { continue };
            if seen.insert(canonical(&value)) {
                values.push(value);
            } else {
                findings
                    .refuse(Finding::new(at, Code::Duplicate).with("value", scalar_text(&value).unwrap_or_default()));
            }
        }
        (findings.violations.len() == before).then_some(values)
    }
}

impl Choice {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        if !value.is_object() {
            let text = read_value(value, pointer, findings)?;
            return Some(Self { value: value.clone(), label: Text::Plain(text.clone()), text, description: None });
        }
        let mut reader = Reader::new(value, pointer, findings)?;
        let at = reader.at("value");
        let value = reader.required("value");
        let text = value.and_then(|value| read_value(value, &at, reader.findings));
        let label = reader.text("label", MAX_LABEL);
        let description = reader.text("description", MAX_DESCRIPTION);
        reader.finish();
        let text = text?;
        Some(Self {
            value: value?.clone(),
            label: label.unwrap_or_else(|| Text::Plain(text.clone())),
            text,
            description,
        })
    }

    fn to_value(&self) -> Value {
        let mut out = json!({ "value": self.value, "label": self.label.to_value() });
        if let Some(description) = &self.description {
            out["description"] = description.to_value();
        }
        out
    }
}

/// The text of an option's value, within its limit.
fn read_value(value: &Value, pointer: &str, findings: &mut Findings) -> Option<String> {
    let Some(text) = scalar_text(value) else {
        findings.refuse(wrong_type(pointer, "string", value));
        return None;
    };
    match Text::read(&Value::String(text), pointer, MAX_VALUE, findings)? {
        Text::Plain(text) => Some(text),
        Text::Translated(_) => None,
    }
}

fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(canonical(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(options: &Value) -> (Option<Choices>, Vec<(String, Code)>) {
        let value = json!({ "options": options });
        let mut findings = Findings::default();
        let choices = Choices::read(&mut Reader::new(&value, "", &mut findings).unwrap());
        (choices, findings.violations.into_iter().map(|finding| (finding.pointer, finding.code)).collect())
    }

    #[test]
    fn bare_values_are_their_own_labels() {
        let (choices, _) = read(&json!(["dev", 2, true, {"value": 1.5}, {"value":"x","label":{"en":"X"}}]));
        assert_eq!(
            choices.unwrap().to_value(),
            json!([{"value":"dev","label":"dev"},{"value":2,"label":"2"},{"value":true,"label":"true"},
                   {"value":1.5,"label":"1.5"},{"value":"x","label":{"en":"X"}}])
        );
    }

    #[test]
    fn refuses_with_the_place() {
        for (options, pointer, code) in [
            (json!([]), "/options", Code::TooFew),
            (json!("dev"), "/options", Code::WrongType),
            (json!(["a", null]), "/options/1", Code::WrongType),
            (json!([1, "1"]), "/options/1", Code::Duplicate),
            (json!([{"label":"a"}]), "/options/0/value", Code::MissingField),
            (json!([{"value":[]}]), "/options/0/value", Code::WrongType),
            (json!(vec!["a"; 501]), "/options", Code::TooMany),
        ] {
            assert_eq!(read(&options).1, [(pointer.to_owned(), code)], "{options}");
        }
    }

    #[test]
    fn matches_by_type_or_text() {
        let choices = read(&json!(["dev", 2, true])).0.unwrap();
        let mut findings = Findings::default();
        for (given, value) in [
            (json!("dev"), json!("dev")),
            (json!(2), json!(2)),
            (json!("2"), json!(2)),
            (json!(2.0), json!(2)),
            (json!("true"), json!(true)),
        ] {
            assert_eq!(choices.find(&given, "", &mut findings), Some(value), "{given}");
        }
        assert_eq!(choices.find(&json!("prod"), "/response/choice", &mut findings), None);
        assert_eq!(
            findings.violations,
            [Finding::new("/response/choice", Code::UnknownOption)
                .with("value", "prod")
                .with("allowed", "dev, 2, true")]
        );
    }
}
