//! A field of a form: what it is called, what it holds, its bounds.
//!
//! Job: read one field and write its normal form. Invariant: bounds are
//! satisfiable and patterns compile, so that no answer meets a broken rule.
//! Neighbours: [`super::form`] holds fields; [`super::field_answer`] judges answers.

use std::cmp::Ordering;

use serde_json::{Number, Value, json};

use super::field_type::FieldType;
use super::option::Choices;
use super::or_null;
use super::pattern::Pattern;
use crate::finding::{Code, Finding, Findings};
use crate::reader::Reader;
use crate::text::Text;

const MAX_NAME: usize = 200;
const MAX_LABEL: usize = 1_000;
const MAX_HELP: usize = 10_000;

/// A field of a form.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    label: Text,
    pub(super) holds: FieldType,
    pub(super) presence: Presence,
    pub(super) default: Option<Value>,
    pub(super) pattern: Option<Pattern>,
    pub(super) options: Option<Choices>,
    pub(super) min: Option<Number>,
    pub(super) max: Option<Number>,
    placeholder: Option<Text>,
    help: Option<Text>,
}

/// Whether a field may be left empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Required,
    Optional,
}

impl Field {
    pub(super) fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let before = findings.violations.len();
        let mut reader = Reader::new(value, pointer, findings)?;
        let name = reader.required("name").and_then(|_| reader.string("name", MAX_NAME));
        let label = reader.text("label", MAX_LABEL);
        let type_key = reader.spelled("field_type", "type");
        let field_type = match reader.value(type_key) {
            Some(_) => reader.one_of(type_key, &FieldType::WORDS),
            None => Some(FieldType::Text),
        };
        let presence = match reader.flag("required") {
            Some(true) => Presence::Required,
            _ => Presence::Optional,
        };
        let default = reader.value("default").cloned();
        let placeholder = reader.text("placeholder", MAX_LABEL);
        let help = reader.text("help", MAX_HELP);
        let rules = field_type.map(|field_type| Rules::read(&mut reader, field_type));
        if rules.is_none() {
            // Which of these it would have used is not known, so none of them is odd.
            for key in ["validation", "options", "min_value", "max_value", "min", "max"] {
                reader.value(key);
            }
        }
        reader.finish();
        let (name, rules) = (name?, rules?);
        (findings.violations.len() == before).then(|| Self {
            label: label.unwrap_or_else(|| Text::Plain(name.clone())),
            name,
            holds: rules.field_type,
            presence,
            default,
            pattern: rules.pattern,
            options: rules.options,
            min: rules.min,
            max: rules.max,
            placeholder,
            help,
        })
    }

    pub(super) fn to_value(&self) -> Value {
        json!({
            "name": self.name,
            "label": self.label.to_value(),
            "field_type": self.holds.word(),
            "required": self.presence == Presence::Required,
            "default": self.default,
            "validation": self.pattern.as_ref().map(Pattern::as_str),
            "options": or_null(self.options.as_ref().map(Choices::to_value)),
            "min_value": self.min,
            "max_value": self.max,
            "placeholder": or_null(self.placeholder.as_ref().map(Text::to_value)),
            "help": or_null(self.help.as_ref().map(Text::to_value)),
        })
    }
}

/// What bounds an answer, by the field's type.
struct Rules {
    field_type: FieldType,
    pattern: Option<Pattern>,
    options: Option<Choices>,
    min: Option<Number>,
    max: Option<Number>,
}

impl Rules {
    fn read(reader: &mut Reader<'_, '_>, field_type: FieldType) -> Self {
        let (min_key, max_key) = (reader.spelled("min_value", "min"), reader.spelled("max_value", "max"));
        let (mut min, mut max) = (None, None);
        if field_type.is_number() {
            min = reader.number(min_key).cloned();
            max = reader.number(max_key).cloned();
            if field_type == FieldType::Range {
                // As a browser's slider, which always has two ends.
                min = min.or_else(|| Some(0.into()));
                max = max.or_else(|| Some(100.into()));
            }
        } else {
            reader.ignore(min_key, field_type.word());
            reader.ignore(max_key, field_type.word());
        }
        if let (Some(low), Some(high)) = (&min, &max)
            && compare(low, high) == Ordering::Greater
        {
            let finding = Finding::new(reader.at(min_key), Code::AboveMaximum).with("limit", high);
            reader.findings.refuse(finding);
        }
        Self {
            field_type,
            pattern: read_pattern(reader, field_type),
            options: read_options(reader, field_type),
            min,
            max,
        }
    }
}

fn read_pattern(reader: &mut Reader<'_, '_>, field_type: FieldType) -> Option<Pattern> {
    let value = reader.value("validation")?;
    if !field_type.takes_pattern() || value.as_str() == Some("") {
        reader.ignore("validation", field_type.word());
        return None;
    }
    // Its own limit is in bytes; this one only keeps what is quoted back small.
    let given = reader.string("validation", 10_000)?;
    Pattern::read(&given, &reader.at("validation")).map_err(|finding| reader.findings.refuse(finding)).ok()
}

fn read_options(reader: &mut Reader<'_, '_>, field_type: FieldType) -> Option<Choices> {
    if !field_type.takes_options() {
        reader.ignore("options", field_type.word());
        return None;
    }
    if field_type.needs_options() {
        reader.required("options")?;
    }
    Choices::read(reader)
}

/// Orders two numbers exactly where both are integers.
pub(super) fn compare(a: &Number, b: &Number) -> Ordering {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
    }
}
