//! What the tests of every kind say in one word.

#![expect(clippy::needless_pass_by_value, reason = "tables of tests read better with values")]

use serde_json::Value;

use super::Interaction;
use crate::finding::{Code, Findings};

pub(super) fn read(value: Value) -> Interaction {
    let mut findings = Findings::default();
    let asked = Interaction::read(&value, "/in", &mut findings);
    let asked = asked.unwrap_or_else(|| panic!("{value} was refused: {findings:?}"));
    let stored = asked.to_value();
    assert_eq!(Interaction::from_stored(&stored).unwrap().to_value(), stored, "the normal form reads back to itself");
    asked
}

pub(super) fn read_refused(value: Value) -> Vec<(String, Code)> {
    let mut findings = Findings::default();
    assert!(Interaction::read(&value, "/in", &mut findings).is_none(), "{value} was read");
    findings.violations.into_iter().map(|finding| (finding.pointer, finding.code)).collect()
}

pub(super) fn answer(asked: &Interaction, response: Value) -> Value {
    asked.check(&response, &[], "/response").unwrap_or_else(|found| panic!("{response} was refused: {found:?}")).data
}

pub(super) fn refused(asked: &Interaction, response: Value) -> Vec<(String, Code)> {
    let found = asked.check(&response, &[], "/response").expect_err("it was accepted");
    found.into_iter().map(|finding| (finding.pointer, finding.code)).collect()
}
