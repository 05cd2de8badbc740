//! Create bodies as drafts, and what is opened of them.
//!
//! Holds: either a draft or at least one violation, never both; every finding
//! points into the body; what is opened reads back from its stored form with
//! the same content hash, and keeps within the owner's limits.

use std::time::Duration;

use askwell_core::access::Person;
use askwell_core::digest::ContentHash;
use askwell_core::ids::{RunId, SessionId};
use askwell_core::interaction::Interaction;
use askwell_core::session::Limits;
use askwell_core::{Draft, Findings, Now, json, open};
use jiff::Timestamp;
use serde_json::Value;

use super::pointers;
use crate::{Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target { name: "draft", run, words: WORDS, bounded: 2_000 };

/// Keys and values that questions have.
pub(super) const WORDS: &[&str] = &[
    "\"interaction_data\":",
    "\"interaction_type\":",
    "\"confirmation\"",
    "\"selection\"",
    "\"text_input\"",
    "\"file_upload\"",
    "\"review\"",
    "\"custom\"",
    "\"title\":\"t\",",
    "\"message\":",
    "\"fields\":[",
    "\"options\":[",
    "\"default_value\":",
    "\"timeout\":",
    "\"multiple\":true,",
    "\"accept_types\":[\".pdf\"],",
    "\"max_file_size\":\"10MB\",",
    "\"min_choices\":",
    "\"max_choices\":",
    "\"consequences\":{",
    "\"actions\":[{",
    "\"allowed\":[\"edit\"],",
    "\"extendable_seconds\":",
    "\"schema\":{\"type\":\"object\"},",
    "\"$ref\":\"#\"",
    "\"validation\":\"[a-z]+\",",
    "\"callback_url\":\"http://a@b/\",",
    "\"on_timeout\":\"default\",",
    "\"metadata\":{},",
    "\"tags\":[\"a\",\"a\"],",
    "\"risk\":\"high\",",
    "\"step_up\":\"passkey\",",
    "\"zh-CN\":",
    "\"en\":",
    "\"asked_as\":{\"shape\":\"s\"},",
    "\"idempotency_key\":",
];

const LIMITS: Limits = Limits {
    default_timeout: Duration::from_mins(5),
    review_timeout: Duration::from_mins(20),
    max_timeout: Duration::from_hours(1),
};

fn run(bytes: &[u8]) -> Verdict {
    let Ok(body) = json::parse(bytes) else { return Ok(()) };
    let mut findings = Findings::default();
    let draft = Draft::read(&body, &LIMITS, &mut findings);
    judge(&body, draft, &findings)
}

/// What must hold of what was read of a body.
///
/// # Errors
/// [`crate::Broken`]
pub fn judge(body: &Value, draft: Option<Draft>, findings: &Findings) -> Verdict {
    pointers::judge(body, &findings.violations)?;
    pointers::judge(body, &findings.warnings)?;
    let is_refused = !findings.violations.is_empty();
    hold!(draft.is_some() != is_refused, "a draft: {}, violations: {:?}", draft.is_some(), findings.violations);
    let Some(draft) = draft else { return Ok(()) };
    hold!(draft.timeout <= LIMITS.max_timeout, "it stays open for {:?}", draft.timeout);
    hold!(!draft.timeout.is_zero(), "it is over before it begins");
    if let Some(url) = &draft.callback_url {
        let parsed = url::Url::parse(url.trim());
        let is_sound = parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.password().is_none());
        hold!(is_sound, "{url:?} was taken as a callback's address");
    }
    let form = draft.interaction.to_value();
    let again = Interaction::from_stored(&form).map(|interaction| interaction.to_value());
    hold!(again.as_ref() == Ok(&form), "{form} reads back as {again:?}");
    let (risk, on_timeout) = (draft.risk, draft.on_timeout);
    let hash = ContentHash::of(&form, risk, on_timeout);
    let shuffled = json::parse(askwell_core::digest::canonical(&form).as_bytes());
    hold!(shuffled.is_ok_and(|form| ContentHash::of(&form, risk, on_timeout) == hash), "the hash depends on the order");
    let default = draft.interaction.default_answer().cloned();
    if let Some(answer) = default {
        let checked = draft.interaction.check(&answer, &[], "/default_value");
        hold!(checked.is_ok(), "its own default is no answer: {checked:?}");
    }
    let now = Now { wall: Timestamp::UNIX_EPOCH, steady: Timestamp::UNIX_EPOCH, run: RunId(uuid::Uuid::nil()) };
    let event = open(draft, SessionId::NONE, Person { id: "p".to_owned(), verified: false }, &now);
    hold!(event.change.name() == "opened", "opening is called {}", event.change.name());
    Ok(())
}
