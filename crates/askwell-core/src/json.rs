//! Bytes of a request → JSON, strictly.
//!
//! Job: whatever two parsers could read differently is refused here, once:
//! duplicate keys, numbers that 64 bits cannot hold, invalid UTF-8, text after
//! the value, nesting that could exhaust a stack. Invariant: a value that comes
//! out of [`parse`] is stored, hashed and read back without change.
//! Neighbours: every transport reads its bodies with it; [`crate::digest`]
//! hashes what it returns.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::reader::child;

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 64;

/// `serde_json` gives this key a meaning of its own when it reads a stored
/// value back, so a document that holds it would change or fail to load.
const RESERVED_KEY: &str = "$serde_json::private::RawValue";

/// Why bytes are not JSON that can be worked with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// The bytes are not UTF-8.
    #[error("invalid UTF-8 at line {line} column {column}")]
    InvalidUtf8 {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// The text is not JSON.
    #[error("{reason}")]
    Syntax {
        /// What the parser says, in English.
        reason: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// An object holds a key twice.
    #[error("duplicate key at {pointer} (line {line} column {column})")]
    DuplicateKey {
        /// The key's second place.
        pointer: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// An object holds a key that the server's own storage gives a meaning to.
    #[error("reserved key at {pointer} (line {line} column {column})")]
    ReservedKey {
        /// The key's place.
        pointer: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Arrays and objects nest deeper than [`MAX_DEPTH`].
    #[error("nesting deeper than {MAX_DEPTH} at line {line} column {column}")]
    TooDeep {
        /// The first value that is too deep.
        pointer: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A number does not fit 64 bits.
    #[error("number out of range at {pointer} (line {line} column {column})")]
    NumberOutOfRange {
        /// The number.
        pointer: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
}

impl JsonError {
    /// Whether the document is well-formed and only a value in it is wrong: 422 rather than 400.
    #[must_use]
    pub fn is_invalid_value(&self) -> bool {
        matches!(self, Self::NumberOutOfRange { .. })
    }

    /// Where in the document, as far as that can be said; `""` is the whole.
    #[must_use]
    pub fn pointer(&self) -> &str {
        match self {
            Self::InvalidUtf8 { .. } | Self::Syntax { .. } => "",
            Self::DuplicateKey { pointer, .. }
            | Self::ReservedKey { pointer, .. }
            | Self::TooDeep { pointer, .. }
            | Self::NumberOutOfRange { pointer, .. } => pointer,
        }
    }

    /// Line and column, from 1.
    #[must_use]
    pub fn place(&self) -> (usize, usize) {
        match self {
            Self::InvalidUtf8 { line, column }
            | Self::Syntax { line, column, .. }
            | Self::DuplicateKey { line, column, .. }
            | Self::ReservedKey { line, column, .. }
            | Self::TooDeep { line, column, .. }
            | Self::NumberOutOfRange { line, column, .. } => (*line, *column),
        }
    }
}

/// Reads one JSON document.
///
/// # Errors
/// [`JsonError`] names the first thing wrong and its place.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        // Splitting at every line feed leaves one part for each line begun.
        let line = before.split(|byte| *byte == b'\n').count();
        JsonError::InvalidUtf8 { line, column: 1 + before.len() - line_start }
    })?;
    let mut trail = Trail::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Node(&mut trail)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| trail.explain(&error))
}

/// Where the reader is, and why it stopped if that was our own rule.
#[derive(Default)]
struct Trail {
    steps: Vec<Step>,
    fault: Option<Fault>,
}

enum Step {
    Key(String),
    Index(usize),
}

enum Fault {
    DuplicateKey,
    ReservedKey,
    TooDeep,
    NumberOutOfRange,
}

impl Trail {
    fn stop<E: serde::de::Error>(&mut self, fault: Fault) -> E {
        self.fault = Some(fault);
        E::custom("refused")
    }

    /// The steps still stand as they were when reading stopped.
    fn explain(self, error: &serde_json::Error) -> JsonError {
        let (line, column, reason) = (error.line(), error.column(), error.to_string());
        let pointer = self.steps.iter().fold(String::new(), |pointer, step| match step {
            Step::Key(key) => child(&pointer, key),
            Step::Index(index) => child(&pointer, index),
        });
        match self.fault {
            Some(Fault::DuplicateKey) => JsonError::DuplicateKey { pointer, line, column },
            Some(Fault::ReservedKey) => JsonError::ReservedKey { pointer, line, column },
            Some(Fault::TooDeep) => JsonError::TooDeep { pointer, line, column },
            Some(Fault::NumberOutOfRange) => JsonError::NumberOutOfRange { pointer, line, column },
            // The one failure of the parser that is about a value: it has no code, only these words.
            None if reason.starts_with("number out of range") => JsonError::NumberOutOfRange { pointer, line, column },
            None => JsonError::Syntax { reason, line, column },
        }
    }
}

struct Node<'t>(&'t mut Trail);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        // An integer that needs more than 64 bits arrives here already rounded.
        const ABOVE: f64 = 18_446_744_073_709_551_616.0;
        const BELOW: f64 = -9_223_372_036_854_775_808.0;
        if value.fract() == 0.0 && (value >= ABOVE || value <= BELOW) {
            return Err(self.0.stop(Fault::NumberOutOfRange));
        }
        match Number::from_f64(value) {
            Some(number) => Ok(Value::Number(number)),
            None => Err(self.0.stop(Fault::NumberOutOfRange)),
        }
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let trail = self.0;
        if trail.steps.len() >= MAX_DEPTH {
            return Err(trail.stop(Fault::TooDeep));
        }
        let mut list = Vec::new();
        loop {
            trail.steps.push(Step::Index(list.len()));
            let entry = entries.next_element_seed(Node(trail))?;
            trail.steps.pop();
            match entry {
                Some(entry) => list.push(entry),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let trail = self.0;
        if trail.steps.len() >= MAX_DEPTH {
            return Err(trail.stop(Fault::TooDeep));
        }
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let fault = if object.contains_key(&key) {
                Some(Fault::DuplicateKey)
            } else if key == RESERVED_KEY {
                Some(Fault::ReservedKey)
            } else {
                None
            };
            trail.steps.push(Step::Key(key.clone()));
            if let Some(fault) = fault {
                return Err(trail.stop(fault));
            }
            let value = entries.next_value_seed(Node(trail))?;
            trail.steps.pop();
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_is_json() {
        let value = parse(br#" {"b":[1,-2,1.5,true,null],"a":{"x":"\u00e9"},"u":18446744073709551615} "#).unwrap();
        assert_eq!(value, json!({"b":[1,-2,1.5,true,null],"a":{"x":"é"},"u":18_446_744_073_709_551_615_u64}));
    }

    #[test]
    fn refuses_with_the_place() {
        for (text, pointer, invalid) in [
            (r#"{"a":{"k":1,"k":2}}"#, "/a/k", false),
            (r#"{"a":[0,{"n":18446744073709551616}]}"#, "/a/1/n", true),
            (r#"{"a~/":-9223372036854775809}"#, "/a~0~1", true),
            ("[1,1e999]", "/1", true),
            ("[1e30]", "/0", true),
            (r#"{"$serde_json::private::RawValue":"1"}"#, "/$serde_json::private::RawValue", false),
            ("[1,]", "", false),
            ("{} x", "", false),
            ("", "", false),
            ("nul", "", false),
            (r#"{"a":"\ud800"}"#, "", false),
            ("[01]", "", false),
            ("[NaN]", "", false),
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert_eq!((error.pointer(), error.is_invalid_value()), (pointer, invalid), "{text}: {error}");
            assert!(error.place().0 >= 1, "{text}");
        }
    }

    #[test]
    fn says_line_and_column() {
        assert_eq!(parse(b"{\n  \"a\": ,\n}").unwrap_err().place(), (2, 8));
        assert_eq!(parse(b"{\n\"a\xff\"}").unwrap_err(), JsonError::InvalidUtf8 { line: 2, column: 3 });
    }

    #[test]
    fn nests_as_deep_as_allowed_and_no_deeper() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(matches!(parse(nested(MAX_DEPTH + 1).as_bytes()), Err(JsonError::TooDeep { .. })));
        assert!(matches!(parse("[".repeat(1_000_000).as_bytes()), Err(JsonError::TooDeep { .. })));
        let objects = r#"{"a":"#.repeat(1_000_000);
        assert!(matches!(parse(objects.as_bytes()), Err(JsonError::TooDeep { .. })));
    }
}
