//! Answers to questions: a question (JSON, or the name of a kind), a line feed, an answer.
//!
//! Holds: what is taken is in its normal form, which is taken again without
//! change; files are those that were offered; each violation points into the
//! answer.

use askwell_core::Findings;
use askwell_core::ids::FileId;
use askwell_core::interaction::{Checked, FileFact, Interaction, examples};
use askwell_core::{Finding, json};
use serde_json::{Value, json};
use uuid::Uuid;

use super::pointers;
use crate::{Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target {
    name: "answer",
    run,
    words: &[
        "confirmation\n",
        "selection\n",
        "text_input\n",
        "file_upload\n",
        "review\n",
        "custom\n",
        "{\"choice\":",
        "{\"selection\":",
        "{\"files\":[",
        "{\"action\":\"approve\"",
        "\"modify\"",
        "\"abort\"",
        "\"modification_instructions\":\"x\"",
        "\"edited\":{",
        "\"step_comments\":{\"0\":",
        "{\"decisions\":[{",
        "\"00000000-0000-7000-8000-000000000001\"",
        "\"8080\"",
        "\"2025-06-17\"",
    ],
    bounded: 2_000,
};

fn run(bytes: &[u8]) -> Verdict {
    let mut halves = bytes.splitn(2, |byte| *byte == b'\n');
    let (question, answer) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
    let (Some(question), Ok(answer)) = (question_of(question), json::parse(answer)) else { return Ok(()) };
    let mut findings = Findings::default();
    let Some(question) = Interaction::read(&question, "", &mut findings) else { return Ok(()) };
    let files = files();
    judge(&question, &answer, &question.check(&answer, &files, ""))
}

/// What must hold of an answer's check.
///
/// # Errors
/// [`crate::Broken`]
pub fn judge(question: &Interaction, answer: &Value, result: &Result<Checked, Vec<Finding>>) -> Verdict {
    let files = files();
    match result {
        Ok(checked) => {
            pointers::judge(answer, &checked.warnings)?;
            let strange = checked.files.iter().find(|id| !files.iter().any(|file| file.id == **id));
            hold!(strange.is_none(), "it names a file that was not offered: {strange:?}");
            let again = question.check(&checked.data, &files, "");
            let data = again.as_ref().map(|again| &again.data);
            hold!(data == Ok(&checked.data), "{} is no normal form: {again:?}", checked.data);
            Ok(())
        }
        Err(violations) => {
            hold!(!violations.is_empty(), "it is refused without a reason");
            pointers::judge(answer, violations)
        }
    }
}

/// A kind's example by its name, or a question as JSON.
fn question_of(bytes: &[u8]) -> Option<Value> {
    let name = std::str::from_utf8(bytes).ok()?.trim();
    match examples().into_iter().find(|(kind, _)| *kind == name) {
        Some((_, example)) => Some(example),
        None => json::parse(bytes).ok(),
    }
}

/// The uploads of the session that is answered.
fn files() -> Vec<FileFact> {
    let file = |number: u128, name: &str, size, content_type: &str| FileFact {
        id: FileId(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 + number)),
        name: name.to_owned(),
        size,
        content_type: content_type.to_owned(),
    };
    vec![file(1, "plan.pdf", 10, "application/pdf"), file(2, "notes.txt", 1 << 30, "text/plain")]
}

/// The question of a kind, for tests.
///
/// # Errors
/// [`crate::Broken`]: there is no such kind.
pub fn question(kind: &str) -> Result<Interaction, crate::Broken> {
    let value = question_of(kind.as_bytes()).unwrap_or_else(|| json!(null));
    Interaction::read(&value, "", &mut Findings::default()).ok_or_else(|| crate::Broken(format!("no kind {kind}")))
}
