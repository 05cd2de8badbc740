//! JSON as nobody would write it, and nearly as somebody would.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Any JSON, with keys that questions and answers use among others.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "a",
            "1",
            "confirm",
            "approve",
            "modify",
            "2025-06-17",
            "10:30",
            "#00ff00",
            "a@b.c",
            "http://x",
            "1e999",
            "10MB",
            ".json",
            "select",
            "number",
            "(",
            "[a-z]+",
            "{\"a\":1}",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((any_key(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_key() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec![
            "interaction_type", "title", "message", "fields", "options", "default_value", "multiple", "schema", "actions",
            "action", "allowed", "value", "label", "name", "type", "required", "validation", "min", "max", "choice",
            "selection", "files", "decisions", "edited", "step_comments", "comment", "text", "en", "a", "b", "0", "$ref",
        ])
        .prop_map(str::to_owned),
        1 => "\\PC{0,8}",
    ]
}

/// A question of some kind, often valid, with odd values in odd places.
pub(crate) fn any_question() -> impl Strategy<Value = Value> {
    let kinds = vec!["confirmation", "selection", "text_input", "file_upload", "review", "custom", "approval", "form"];
    let keys = askwell_core::interaction::KEYS.to_vec();
    let valid = prop::sample::select(askwell_core::interaction::examples()).prop_map(|(_, example)| example);
    let sketched = prop::sample::select(kinds).prop_map(|kind| {
        json!({"interaction_type": kind, "title": "t", "options": ["a", 1, true],
               "schema": {"type": "object"}, "fields": all_fields()})
    });
    (prop_oneof![valid, sketched], prop::collection::vec((prop::sample::select(keys), any_json()), 0..2)).prop_map(
        |(mut question, odd)| {
            for (key, value) in odd {
                question[key] = value;
            }
            question
        },
    )
}

/// One field of every type, named by it.
pub(crate) fn all_fields() -> Value {
    let types = [
        "text",
        "textarea",
        "number",
        "integer",
        "email",
        "url",
        "password",
        "date",
        "datetime",
        "time",
        "select",
        "multiselect",
        "radio",
        "checkbox",
        "range",
        "tel",
        "color",
        "json",
    ];
    types.iter().map(|word| json!({"name": word, "type": word, "options": ["a", "1"]})).collect()
}
