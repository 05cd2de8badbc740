//! What holds for every question, every answer, every document.

mod arbitrary;

use arbitrary::{all_fields, any_json, any_question};
use askwell_core::digest::{ContentHash, body_hash, canonical};
use askwell_core::interaction::{Interaction, examples};
use askwell_core::session::{Draft, Limits, OnTimeout};
use askwell_core::{Findings, json};
use proptest::prelude::*;
use proptest::test_runner::{FailurePersistence, FileFailurePersistence};
use serde_json::{Map, Value, json};
use std::time::Duration;

const LIMITS: Limits = Limits {
    default_timeout: Duration::from_mins(5),
    review_timeout: Duration::from_mins(20),
    max_timeout: Duration::from_hours(720),
};

fn read(value: &Value) -> Option<Interaction> {
    Interaction::read(value, "", &mut Findings::default())
}

#[test]
fn every_example_is_valid_without_a_warning() {
    for (kind, example) in examples() {
        let mut findings = Findings::default();
        let asked = Interaction::read(&example, "", &mut findings).expect(kind);
        assert_eq!((asked.kind(), findings), (kind, Findings::default()));
    }
}

/// Some answer that comes near to fitting a form of every type.
fn any_answer() -> impl Strategy<Value = Value> {
    let form = prop::collection::vec(any_json(), 18).prop_map(|values| {
        let names = all_fields();
        let names = names.as_array().into_iter().flatten().filter_map(|field| field["name"].as_str());
        Value::Object(names.map(str::to_owned).zip(values).collect::<Map<_, _>>())
    });
    let keyed = prop::sample::select(vec!["choice", "selection", "files", "action", "decisions"]);
    prop_oneof![any_json(), form, (keyed, any_json()).prop_map(|(key, value)| json!({ key: value }))]
}

/// A failure prints its seed and keeps it beside this file.
fn seeds() -> Box<dyn FailurePersistence> {
    Box::new(FileFailurePersistence::WithSource("regressions"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: Some(seeds()), ..ProptestConfig::default() })]

    #[test]
    fn reading_never_panics_and_always_says_why(value in any_json()) {
        let mut findings = Findings::default();
        let asked = Interaction::read(&value, "/in", &mut findings);
        prop_assert_eq!(asked.is_none(), !findings.violations.is_empty());
        for finding in findings.violations.iter().chain(&findings.warnings) {
            prop_assert!(finding.pointer.starts_with("/in"), "{:?}", finding);
        }
        let mut findings = Findings::default();
        let draft = Draft::read(&value, &LIMITS, &mut findings);
        prop_assert_eq!(draft.is_none(), !findings.violations.is_empty());
    }

    #[test]
    fn the_normal_form_reads_back_to_itself(question in any_question()) {
        if let Some(asked) = read(&question) {
            let normal = asked.to_value();
            let back = Interaction::from_stored(&normal).map_err(TestCaseError::fail)?;
            prop_assert_eq!(&back.to_value(), &normal);
            // Through a store, too.
            let stored: Value = serde_json::from_str(&normal.to_string()).unwrap();
            prop_assert_eq!(Interaction::from_stored(&stored).map_err(TestCaseError::fail)?.to_value(), normal);
        }
    }

    #[test]
    fn checking_never_panics_and_keeps_to_one_form(question in any_question(), answer in any_answer()) {
        if let Some(asked) = read(&question) {
            match asked.check(&answer, &[], "/response") {
                Err(found) => {
                    prop_assert!(!found.is_empty());
                    prop_assert!(found.iter().all(|finding| finding.pointer.starts_with("/response")), "{:?}", found);
                }
                Ok(checked) => {
                    // Whoever answers with the normal form gives the same answer; but a JSON field unwraps texts.
                    let unwraps = checked.data.get("json").is_some_and(Value::is_string);
                    if !unwraps {
                        let again = asked.check(&checked.data, &[], "/response").map_err(|f| TestCaseError::fail(format!("{f:?}")))?;
                        prop_assert_eq!(canonical(&again.data), canonical(&checked.data));
                    }
                }
            }
        }
    }

    #[test]
    fn a_default_is_an_answer(question in any_question()) {
        if let Some(asked) = read(&question)
            && let Some(default) = asked.default_answer()
            && !default.get("json").is_some_and(Value::is_string)
        {
            prop_assert!(asked.check(default, &[], "").is_ok());
        }
    }

    #[test]
    fn the_canonical_form_is_stable(value in any_json()) {
        let form = canonical(&value);
        // Large floats are written as integers beyond 64 bits, which no request may hold.
        if let Ok(back) = json::parse(form.as_bytes()) {
            prop_assert_eq!(canonical(&back), form);
        }
        prop_assert_eq!(canonical(&reversed(&value)), canonical(&value));
        prop_assert_eq!(body_hash(&reversed(&value)), body_hash(&value));
        let hash = |value: &Value| ContentHash::of(value, None, OnTimeout::Expire);
        prop_assert_eq!(hash(&reversed(&value)), hash(&value));
    }

    #[test]
    fn what_is_parsed_survives_a_store(value in any_json()) {
        if let Ok(parsed) = json::parse(value.to_string().as_bytes()) {
            let stored: Value = serde_json::from_str(&parsed.to_string()).unwrap();
            prop_assert_eq!(stored, parsed);
        }
    }

    #[test]
    fn parsing_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..64), text in "[\\[\\]{}\",:0-9eE.+\\- a\\\\u]{0,40}") {
        let _ = json::parse(&bytes);
        if let Ok(value) = json::parse(text.as_bytes()) {
            prop_assert!(serde_json::from_str::<Value>(&text).is_ok_and(|theirs| theirs == value));
        }
    }
}

/// The same document with the keys of its objects in reverse order.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(reversed).collect(),
        Value::Object(object) => {
            Value::Object(object.iter().rev().map(|(key, value)| (key.clone(), reversed(value))).collect())
        }
        other => other.clone(),
    }
}
