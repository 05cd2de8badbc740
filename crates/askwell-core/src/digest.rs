//! The canonical form of JSON and the hashes over it.
//!
//! Job: equal documents have equal bytes, whatever the order of their keys and
//! the spelling of their numbers. Invariant: the form is RFC 8785, but for one
//! deviation: integers that fit 64 bits are written as their digits, because a
//! hash must tell 9007199254740993 from 9007199254740992.
//! Neighbours: [`crate::json`] makes the values; [`crate::session`] stores the
//! content hash and compares answers by their canonical form.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value, json};
use sha2::{Digest, Sha256};

/// Keys of an interaction that are about time, not about what is shown: the
/// deadline may be extended without a change to the question.
const NOT_SHOWN: [&str; 2] = ["timeout", "extendable_seconds"];

/// SHA-256 over the canonical form of all that is shown and of what may be answered, in lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentHash(pub String);

impl ContentHash {
    /// The hash of an interaction in its normal form and of what else is shown with it.
    ///
    /// It covers `{"interaction": …, "on_timeout": …, "risk": …}`. Unset keys of the interaction and an
    /// unset risk are left out, so that a later version with more keys still computes the same.
    #[must_use]
    pub fn of(interaction: &Value, risk: Option<crate::session::Risk>, on_timeout: crate::session::OnTimeout) -> Self {
        let mut form = String::with_capacity(1 << 10);
        form.push_str("{\"interaction\":");
        match interaction {
            Value::Object(interaction) => {
                let is_shown = |key: &str, value: &Value| !value.is_null() && !NOT_SHOWN.contains(&key);
                write_object(&mut form, interaction, is_shown);
            }
            _ => form.push_str("{}"),
        }
        form.push_str(",\"on_timeout\":");
        write(&mut form, &json!(on_timeout));
        if let Some(risk) = risk {
            form.push_str(",\"risk\":");
            write(&mut form, &json!(risk));
        }
        form.push('}');
        Self(hex(&sha256(&form)))
    }
}

/// The hash by which a repeated request is recognised: of its body without the key that marks it as one.
#[must_use]
pub fn body_hash(body: &Value) -> [u8; 32] {
    let mut form = String::new();
    match body {
        Value::Object(object) => write_object(&mut form, object, |key, _| key != "idempotency_key"),
        other => write(&mut form, other),
    }
    sha256(&form)
}

/// RFC 8785 form, with 64-bit integers as their digits.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut form = String::new();
    write(&mut form, value);
    form
}

fn sha256(form: &str) -> [u8; 32] {
    Sha256::digest(form.as_bytes()).into()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_text(out, text),
        Value::Array(list) => {
            out.push('[');
            for (index, entry) in list.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(out, entry);
            }
            out.push(']');
        }
        Value::Object(object) => write_object(out, object, |_, _| true),
    }
}

fn write_object(out: &mut String, object: &Map<String, Value>, keeps: impl Fn(&str, &Value) -> bool) {
    let mut entries: Vec<_> = object.iter().filter(|(key, value)| keeps(key, value)).collect();
    entries.sort_unstable_by(|(a, _), (b, _)| by_utf16(a, b));
    out.push('{');
    for (index, (key, value)) in entries.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_text(out, key);
        out.push(':');
        write(out, value);
    }
    out.push('}');
}

/// UTF-16 code units order as bytes do, where there are no surrogates.
fn by_utf16(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

fn write_number(out: &mut String, number: &Number) {
    match (number.is_f64(), number.as_f64()) {
        // JSON knows no infinity and `Number` holds none, so `format_finite` cannot be given one.
        (true, Some(float)) => out.push_str(ryu_js::Buffer::new().format_finite(float)),
        _ => out.push_str(&number.to_string()),
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    if !text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        out.push_str(text);
        out.push('"');
        return;
    }
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if control < ' ' => {
                out.push_str("\\u00");
                out.push_str(&hex(&[control as u8]));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{OnTimeout, Risk};

    #[test]
    fn writes_the_example_of_the_standard() {
        let value = crate::json::parse(
            r#"{"numbers":[333333333.33333329,1E10,4.50,2e-3,0.000000000000000000000000001],
               "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#
                .as_bytes(),
        )
        .unwrap();
        assert_eq!(
            canonical(&value),
            r#"{"literals":[null,true,false],"numbers":[333333333.3333333,10000000000,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
    }

    #[test]
    fn sorts_keys_by_utf16() {
        let value = json!({"\u{20ac}":1,"\r":2,"\u{fb33}":3,"1":4,"\u{1f600}":5,"\u{80}":6,"\u{f6}":7});
        let order: String = canonical(&value).chars().filter(char::is_ascii_digit).collect();
        assert_eq!(order, "21467153", "the second 1 is the key of 4");
    }

    #[test]
    fn keeps_integers_exact_and_floats_short() {
        for (text, form) in [
            ("9007199254740993", "9007199254740993"),
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("1.0", "1"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("1e15", "1000000000000000"),
        ] {
            assert_eq!(canonical(&crate::json::parse(text.as_bytes()).unwrap()), form, "{text}");
        }
    }

    #[test]
    fn a_repeat_is_recognised_without_its_key() {
        let one = body_hash(&json!({"a":1,"b":2,"idempotency_key":"x"}));
        assert_eq!(one, body_hash(&json!({"b":2,"a":1.0})));
        assert_ne!(one, body_hash(&json!({"a":1,"b":3})));
        assert_ne!(body_hash(&json!({"m":{"idempotency_key":"x"}})), body_hash(&json!({"m":{}})));
    }

    #[test]
    fn covers_what_is_shown_and_nothing_else() {
        let hash = |value: Value| ContentHash::of(&value, Some(Risk::Low), OnTimeout::Expire);
        let one = hash(json!({"title":"t","timeout":300,"fields":null}));
        assert_eq!(one.0.len(), 64);
        assert_eq!(one, hash(json!({"timeout":301,"title":"t"})));
        assert_ne!(one, hash(json!({"title":"u","timeout":300})));
        assert_ne!(one, ContentHash::of(&json!({"title":"t"}), None, OnTimeout::Expire));
        assert_ne!(one, ContentHash::of(&json!({"title":"t"}), Some(Risk::Low), OnTimeout::Default));
    }
}
