//! The questions that clients ask. The key of each is in its title and in every answer: nothing can be mistaken.

use std::time::Duration;

use askwell_testkit::Chance;
use serde_json::{Value, json};

use super::Mix;
use crate::ledger::Asked;

/// Longer than a run.
const LONG: Duration = Duration::from_hours(1);

/// What kind of question it is, as far as answers differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of two choices.
    Choice,
    /// A text.
    Text,
    /// An upload.
    File,
}

/// A question, and how it may be answered.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) kind: Kind,
    pub(super) asked: Asked,
}

impl Question {
    /// One of this key.
    pub(super) fn new(key: &str, mix: &Mix, chance: &mut Chance) -> Self {
        let picks = |one_in: usize, chance: &mut Chance| one_in > 0 && chance.once_in(one_in);
        let kind = match () {
            () if picks(mix.upload_one_in, chance) => Kind::File,
            () if chance.once_in(3) => Kind::Choice,
            () => Kind::Text,
        };
        let is_short = kind != Kind::File && picks(mix.timeout_one_in, chance);
        let timeout = if is_short { Duration::from_millis(1_000 + chance.below(500) as u64) } else { LONG };
        let mut interaction = match kind {
            Kind::Choice => json!({ "interaction_type": "confirmation" }),
            Kind::Text => json!({
                "interaction_type": "text_input",
                "fields": [{ "name": "note", "label": "Note", "field_type": "text" }],
            }),
            Kind::File => json!({ "interaction_type": "file_upload" }),
        };
        interaction["title"] = json!(format!("Torture {key}"));
        interaction["message"] = json!("x".repeat(chance.below(2_000)));
        interaction["timeout"] = json!(timeout.as_secs_f64());
        let mut body = json!({ "interaction_data": interaction, "workflow_id": key, "metadata": { "key": key } });
        let callback = mix.callback.clone().filter(|_| chance.once_in(2));
        if let Some(url) = callback {
            body["callback_url"] = json!(url);
        }
        Self { kind, asked: Asked { key: key.to_owned(), body, timeout } }
    }

    /// Whether its deadline is near.
    pub(super) fn is_short(&self) -> bool {
        self.asked.timeout < LONG
    }

    /// An answer of this user's. `files` are ids of uploads.
    pub(super) fn answer(&self, user: &str, files: &[String], chance: &mut Chance) -> Value {
        match self.kind {
            Kind::Choice => json!({ "choice": chance.one(&["confirm", "cancel"]) }),
            Kind::Text => json!({ "note": format!("{user} says so") }),
            Kind::File => json!({ "files": files }),
        }
    }
}
