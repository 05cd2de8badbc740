//! `ask_human`: any question.

use rmcp::model::CallToolResponse;
use serde_json::{Map, Value, json};

use super::ask::{Beside, answer, consequences};
use super::{Failure, Name};
use crate::mcp::arguments::Arguments;
use crate::mcp::call::Call;

/// Asks, and waits as long as the client can.
pub(super) async fn ask(call: &Call, mut given: Arguments, again: Option<String>) -> Result<CallToolResponse, Failure> {
    let mut question = Map::new();
    let (title, message) = (given.needed_text("title"), given.text("message"));
    let kind = given.text("interaction_type");
    // Some clients send every key there is: what says nothing is as good as not there.
    let is_full = |value: &Value| value.as_array().is_none_or(|list| !list.is_empty());
    let beside = [
        ("options", given.structure("options").filter(is_full)),
        ("multiple", given.flag("multiple").filter(|several| *several).map(Value::Bool)),
        ("fields", given.structure("fields").filter(is_full)),
        ("default_value", given.take("default_value")),
        ("consequences", consequences(&mut given)),
    ];
    let has = |key: &str| beside.iter().any(|(known, value)| *known == key && value.is_some());
    let kind = kind.unwrap_or_else(|| implied(has("fields"), has("multiple")).to_owned());
    if matches!(kind.as_str(), "text_input" | "input" | "form") && !has("fields") {
        question.insert("fields".to_owned(), free_text());
    }
    let set = [("interaction_type", Some(Value::String(kind))), ("title", title.map(Value::String))];
    let text = [("message", Some(Value::String(message.unwrap_or_default())))];
    for (key, value) in set.into_iter().chain(text).chain(beside) {
        if let Some(value) = value {
            question.insert(key.to_owned(), value);
        }
    }
    let on_timeout = given.text("on_timeout");
    let wished = given.wait("wait_seconds");
    let beside = Beside::take(Name::AskHuman, call, &mut given);
    let mut notes = given.done()?;
    let opened = beside.open(call, question, on_timeout, &mut notes, again.as_deref()).await?;
    answer(call, opened, wished, notes, again).await
}

/// What is asked where the model does not say: to confirm, unless what it gave fits only something else.
fn implied(has_fields: bool, has_multiple: bool) -> &'static str {
    match (has_fields, has_multiple) {
        (true, _) => "text_input",
        (false, true) => "selection",
        (false, false) => "confirmation",
    }
}

/// One field, where a text is asked for without saying which.
fn free_text() -> Value {
    json!([{
        "name": "answer",
        "label": { "zh-CN": "回答", "en": "Answer" },
        "field_type": "textarea",
        "required": true,
    }])
}
