//! Bodies as strict JSON, and their canonical form.
//!
//! Holds: nothing with two readings comes through (a key twice, nesting beyond
//! the limit, a number that 64 bits do not hold); what comes through is written
//! and read back without change; what is refused for its form is no JSON for
//! another reader either; a refusal's place is inside the document.

use askwell_core::digest::{body_hash, canonical};
use askwell_core::json::{JsonError, MAX_DEPTH, parse};
use serde_json::Value;

use super::pointers;
use crate::{Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target {
    name: "json",
    run,
    words: &[
        "{\"a\":",
        "[",
        "]",
        "}",
        ",",
        "\"\\ud800\"",
        "\\u0000",
        "\"a\":1,\"a\":2",
        "1e5",
        "-0.0",
        "$serde_json::private::RawValue",
    ],
    bounded: 3_000,
};

fn run(bytes: &[u8]) -> Verdict {
    judge(bytes, &parse(bytes))
}

/// What must hold of what the parser made of these bytes.
///
/// # Errors
/// [`crate::Broken`]
pub fn judge(bytes: &[u8], result: &Result<Value, JsonError>) -> Verdict {
    match result {
        Ok(value) => judge_value(bytes, value),
        Err(error) => judge_error(bytes, error),
    }
}

fn judge_value(bytes: &[u8], value: &Value) -> Verdict {
    let depth = depth(value);
    hold!(depth <= MAX_DEPTH, "nesting of {depth} came through");
    let (written, kept) = (keys_written(bytes), keys_of(value));
    hold!(written == kept, "{written} keys were written, {kept} came through");
    let form = canonical(value);
    let again = parse(form.as_bytes());
    let same = again.as_ref().map(canonical);
    hold!(same.as_deref() == Ok(form.as_str()), "the canonical form reads back as something else: {form}");
    let stored: Result<Value, _> = serde_json::from_str(&value.to_string());
    hold!(stored.is_ok_and(|stored| stored == *value), "it is not stored as it came: {value}");
    hold!(again.is_ok_and(|again| body_hash(&again) == body_hash(value)), "its hash depends on how it is written");
    Ok(())
}

fn judge_error(bytes: &[u8], error: &JsonError) -> Verdict {
    let (line, column) = error.place();
    let lines = bytes.split(|byte| *byte == b'\n').count();
    hold!(line <= lines, "line {line} of {lines}: {error}");
    hold!(column <= bytes.len() + 1, "column {column} of {} bytes: {error}", bytes.len());
    let Ok(lenient) = serde_json::from_slice::<Value>(bytes) else { return Ok(()) };
    let about_form = matches!(error, JsonError::Syntax { .. } | JsonError::InvalidUtf8 { .. });
    hold!(!about_form, "what others read is called no JSON: {error}");
    match error {
        // The other reader gives that key the very meaning for which it is refused.
        JsonError::ReservedKey { .. } => return Ok(()),
        // It keeps the last of those that stand twice, and what was in the others is gone.
        JsonError::DuplicateKey { .. } => {
            let (written, kept) = (keys_written(bytes), keys_of(&lenient));
            hold!(written > kept, "no key of {written} stands twice: {error}");
            return Ok(());
        }
        _ => {}
    }
    let pointer = error.pointer();
    hold!(pointers::exists(&lenient, pointer), "there is nothing at {pointer:?}: {error}");
    Ok(())
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or_default(),
        Value::Object(object) => 1 + object.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

fn keys_of(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(keys_of).sum(),
        Value::Object(object) => object.len() + object.values().map(keys_of).sum::<usize>(),
        _ => 0,
    }
}

/// How many keys a document has that is JSON: as many as colons outside its texts.
fn keys_written(bytes: &[u8]) -> usize {
    let (mut count, mut in_text, mut escaped) = (0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b':' if !in_text => count += 1,
            _ => {}
        }
    }
    count
}
