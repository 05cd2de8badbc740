//! `notify_human`: something that a person should know.

use rmcp::model::CallToolResponse;
use serde_json::{Map, Value, json};

use super::ask::Beside;
use super::{Failure, Name};
use crate::mcp::arguments::Arguments;
use crate::mcp::call::Call;
use crate::mcp::outcome;

/// Opens a confirmation that can only be seen, and waits for nothing.
pub(super) async fn give(call: &Call, mut given: Arguments) -> Result<CallToolResponse, Failure> {
    let (title, message) = (given.needed_text("title"), given.text("message"));
    let beside = Beside::take(Name::NotifyHuman, call, &mut given);
    let mut notes = given.done()?;
    let question: Map<String, Value> = Map::from_iter([
        ("interaction_type".to_owned(), json!("confirmation")),
        ("title".to_owned(), json!(title)),
        ("message".to_owned(), json!(message.unwrap_or_default())),
        ("options".to_owned(), json!([{ "value": "seen", "label": { "zh-CN": "已阅", "en": "Seen" } }])),
    ]);
    let opened = beside.open(call, question, None, &mut notes, None).await?;
    Ok(outcome::result(call, &opened.stored.session, &notes).into())
}
