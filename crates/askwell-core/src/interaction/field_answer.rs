//! Judging what a person put into one field.
//!
//! Job: bring it to the type's normal form. Invariant: what comes out would
//! pass again. Neighbours: [`super::field`] holds the rules, [`super::format`]
//! the shapes; [`super::form`] decides about fields left empty.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::field::{Field, Presence, compare};
use super::field_type::FieldType;
use super::format;
use crate::finding::{Code, Finding, Findings};
use crate::json;
use crate::reader::wrong_type;

/// Integers that a float holds exactly end here.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

impl Field {
    /// Whether `given` is no answer to this field.
    pub(super) fn is_empty(&self, given: &Value) -> bool {
        match given {
            Value::Null => true,
            Value::String(text) => {
                // An optional free text may be empty; a required one may not even be blank.
                if self.holds.is_free_text() && self.presence == Presence::Optional {
                    false
                } else {
                    text.trim().is_empty()
                }
            }
            Value::Array(list) => {
                list.is_empty() && self.holds != FieldType::Json && self.presence == Presence::Required
            }
            _ => false,
        }
    }

    /// The normal form of what was given. Nothing is returned when there are violations.
    pub(super) fn check(&self, given: &Value, pointer: &str, findings: &mut Findings) -> Option<Value> {
        let result = match self.holds {
            FieldType::Number | FieldType::Integer | FieldType::Range => self.check_number(given, pointer),
            FieldType::Checkbox if self.options.is_none() => check_box(given, pointer),
            FieldType::Json => check_json(given, pointer),
            FieldType::Select | FieldType::Radio => {
                return self.options.as_ref()?.find(given, pointer, findings);
            }
            FieldType::Multiselect | FieldType::Checkbox => {
                return self.options.as_ref()?.find_several(given, pointer, findings).map(Value::from);
            }
            _ => self.check_text(given, pointer),
        };
        result.map_err(|finding| findings.refuse(finding)).ok()
    }

    fn check_text(&self, given: &Value, pointer: &str) -> Result<Value, Finding> {
        let text = given.as_str().ok_or_else(|| wrong_type(pointer, "string", given))?;
        let (fits, code) = match self.holds {
            FieldType::Email => (format::is_email(text), Code::InvalidEmail),
            FieldType::Url => (format::is_http_url(text), Code::InvalidUrl),
            FieldType::Date => (format::is_date(text), Code::InvalidDate),
            FieldType::Datetime => (format::is_datetime(text), Code::InvalidDatetime),
            FieldType::Time => (format::is_time(text), Code::InvalidTime),
            FieldType::Color => (format::is_color(text), Code::InvalidColor),
            FieldType::Tel => (format::is_tel(text), Code::InvalidTel),
            _ => (true, Code::PatternMismatch),
        };
        if !fits {
            return Err(Finding::new(pointer, code));
        }
        // What may be left empty may be so despite its pattern.
        if !text.is_empty() {
            self.check_pattern(text, pointer)?;
        }
        Ok(text.into())
    }

    fn check_number(&self, given: &Value, pointer: &str) -> Result<Value, Finding> {
        let number = self.read_number(given, pointer)?;
        if let Some(min) = self.min.as_ref().filter(|min| compare(&number, min) == Ordering::Less) {
            return Err(Finding::new(pointer, Code::BelowMinimum).with("limit", min));
        }
        if let Some(max) = self.max.as_ref().filter(|max| compare(&number, max) == Ordering::Greater) {
            return Err(Finding::new(pointer, Code::AboveMaximum).with("limit", max));
        }
        self.check_pattern(&number.to_string(), pointer)?;
        Ok(Value::Number(number))
    }

    /// A number, or a text that holds one: pages send the text of their inputs.
    fn read_number(&self, given: &Value, pointer: &str) -> Result<Number, Finding> {
        let expected = if self.holds == FieldType::Integer { "integer" } else { "number" };
        let wrong = || wrong_type(pointer, expected, given);
        let number = match given {
            Value::Number(number) => number.clone(),
            Value::String(text) => match json::parse(text.trim().as_bytes()) {
                Ok(Value::Number(number)) => number,
                Err(error) if error.is_invalid_value() && error.pointer().is_empty() => {
                    return Err(Finding::new(pointer, Code::NumberOutOfRange));
                }
                _ => return Err(wrong()),
            },
            _ => return Err(wrong()),
        };
        if self.holds != FieldType::Integer || !number.is_f64() {
            return Ok(number);
        }
        match number.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "the guard keeps to integers that fit")]
            Some(float) if float.fract() == 0.0 && float.abs() <= MAX_EXACT => Ok((float as i64).into()),
            _ => Err(wrong()),
        }
    }

    fn check_pattern(&self, text: &str, pointer: &str) -> Result<(), Finding> {
        self.pattern.as_ref().map_or(Ok(()), |pattern| pattern.check(text, pointer))
    }
}

/// One box: ticked or not. Forms send the texts.
fn check_box(given: &Value, pointer: &str) -> Result<Value, Finding> {
    match given {
        Value::Bool(_) => Ok(given.clone()),
        Value::String(text) if text == "true" || text == "on" => Ok(true.into()),
        Value::String(text) if text == "false" || text == "off" => Ok(false.into()),
        _ => Err(wrong_type(pointer, "boolean", given)),
    }
}

/// Any JSON; a text must itself be JSON and is stored as what it says.
fn check_json(given: &Value, pointer: &str) -> Result<Value, Finding> {
    let Value::String(text) = given else { return Ok(given.clone()) };
    json::parse(text.as_bytes()).map_err(|error| {
        let code = if error.is_invalid_value() { Code::NumberOutOfRange } else { Code::InvalidJson };
        Finding::new(pointer, code)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(field: &Value, given: &Value) -> Result<Value, Code> {
        let mut findings = Findings::default();
        let mut value = json!({"name":"f"});
        value.as_object_mut().unwrap().extend(field.as_object().unwrap().clone());
        let field = Field::read(&value, "/f", &mut findings).unwrap_or_else(|| panic!("{findings:?}"));
        field.check(given, "/r", &mut findings).ok_or_else(|| {
            assert_eq!(findings.violations[0].pointer.get(..2), Some("/r"));
            findings.violations[0].code
        })
    }

    #[test]
    fn every_type() {
        let options = json!(["a", 2]);
        for (field, given, expected) in [
            (json!({}), json!("x"), Ok(json!("x"))),
            (json!({}), json!(1), Err(Code::WrongType)),
            (json!({"validation":"^[a-z-]+$"}), json!("a-b"), Ok(json!("a-b"))),
            (json!({"validation":"[a-z]"}), json!("ab"), Err(Code::PatternMismatch)),
            (json!({"validation":"[a-z]"}), json!(""), Ok(json!(""))),
            (json!({"type":"number"}), json!("8080"), Ok(json!(8080))),
            (json!({"type":"number"}), json!(" 1.5 "), Ok(json!(1.5))),
            (json!({"type":"number"}), json!("1e999"), Err(Code::NumberOutOfRange)),
            (json!({"type":"number"}), json!("abc"), Err(Code::WrongType)),
            (json!({"type":"number"}), json!("[1e999]"), Err(Code::WrongType)),
            (json!({"type":"number"}), json!(true), Err(Code::WrongType)),
            (json!({"type":"number","min":1,"max":65535}), json!(0), Err(Code::BelowMinimum)),
            (json!({"type":"number","min_value":1,"max_value":65535}), json!("65536"), Err(Code::AboveMaximum)),
            (
                json!({"type":"number","max":9_007_199_254_740_992_i64}),
                json!(9_007_199_254_740_993_i64),
                Err(Code::AboveMaximum),
            ),
            (json!({"type":"number","validation":"\\d{4}"}), json!("808"), Err(Code::PatternMismatch)),
            (json!({"type":"integer"}), json!("7.0"), Ok(json!(7))),
            (json!({"type":"integer"}), json!(7.5), Err(Code::WrongType)),
            (json!({"type":"integer"}), json!(u64::MAX), Ok(json!(u64::MAX))),
            (json!({"type":"range"}), json!(101), Err(Code::AboveMaximum)),
            (json!({"type":"email"}), json!("a@b.c"), Ok(json!("a@b.c"))),
            (json!({"type":"email"}), json!("a"), Err(Code::InvalidEmail)),
            (json!({"type":"url"}), json!("x"), Err(Code::InvalidUrl)),
            (json!({"type":"date"}), json!("2025-13-01"), Err(Code::InvalidDate)),
            (json!({"type":"datetime"}), json!("2025-01-01"), Err(Code::InvalidDatetime)),
            (json!({"type":"time"}), json!("25:00"), Err(Code::InvalidTime)),
            (json!({"type":"color"}), json!("red"), Err(Code::InvalidColor)),
            (json!({"type":"tel"}), json!("x"), Err(Code::InvalidTel)),
            (json!({"type":"password"}), json!(" p "), Ok(json!(" p "))),
            (json!({"type":"select","options":options}), json!("2"), Ok(json!(2))),
            (json!({"type":"radio","options":options}), json!("b"), Err(Code::UnknownOption)),
            (json!({"type":"multiselect","options":options}), json!(["2", "a"]), Ok(json!([2, "a"]))),
            (json!({"type":"multiselect","options":options}), json!(["a", "a"]), Err(Code::Duplicate)),
            (json!({"type":"multiselect","options":options}), json!(["a", 2, "a"]), Err(Code::TooMany)),
            (json!({"type":"checkbox","options":options}), json!("a"), Ok(json!(["a"]))),
            (json!({"type":"checkbox"}), json!("on"), Ok(json!(true))),
            (json!({"type":"checkbox"}), json!("yes"), Err(Code::WrongType)),
            (json!({"type":"json"}), json!("{\"a\":1}"), Ok(json!({"a":1}))),
            (json!({"type":"json"}), json!([1]), Ok(json!([1]))),
            (json!({"type":"json"}), json!("{"), Err(Code::InvalidJson)),
        ] {
            assert_eq!(check(&field, &given), expected, "{field} <- {given}");
        }
    }

    #[test]
    fn bad_fields_are_refused_when_read() {
        for (field, pointer, code) in [
            (json!({}), "/f/name", Code::MissingField),
            (json!({"name":" "}), "/f/name", Code::TooShort),
            (json!({"name":"n","type":"nope"}), "/f/type", Code::NotAllowed),
            (json!({"name":"n","validation":"("}), "/f/validation", Code::InvalidPattern),
            (json!({"name":"n","validation":{"a":1}}), "/f/validation", Code::WrongType),
            (json!({"name":"n","type":"select"}), "/f/options", Code::MissingField),
            (json!({"name":"n","type":"number","min":2,"max":1}), "/f/min", Code::AboveMaximum),
            (json!({"name":"n","type":"number","min":"2"}), "/f/min", Code::WrongType),
            (json!({"name":"n","required":"yes"}), "/f/required", Code::WrongType),
        ] {
            let mut findings = Findings::default();
            assert!(Field::read(&field, "/f", &mut findings).is_none(), "{field}");
            let found: Vec<_> = findings.violations.iter().map(|f| (f.pointer.as_str(), f.code)).collect();
            assert_eq!(found, [(pointer, code)], "{field}");
        }
    }
}
