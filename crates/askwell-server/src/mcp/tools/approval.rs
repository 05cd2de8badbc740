//! `request_approval`: may this run?

use rmcp::model::CallToolResponse;
use serde_json::{Map, Value, json};

use super::ask::{Beside, answer, consequences};
use super::{Failure, Name};
use crate::compat::wording::{MAX_TITLE, shortened};
use crate::mcp::arguments::Arguments;
use crate::mcp::call::Call;

/// Asks whether an action may run, and waits as long as the client can.
pub(super) async fn request(
    call: &Call,
    mut given: Arguments,
    again: Option<String>,
) -> Result<CallToolResponse, Failure> {
    let action = given.needed_text("action");
    let args = given.structure("args");
    let allow_edit = given.flag("allow_edit").unwrap_or_default();
    let consequences = consequences(&mut given);
    let wished = given.wait("wait_seconds");
    let beside = Beside::take(Name::RequestApproval, call, &mut given);
    let mut notes = given.done()?;
    let question = question(&action.unwrap_or_default(), args.as_ref(), allow_edit, consequences);
    let opened = beside.open(call, question, None, &mut notes, again.as_deref()).await?;
    answer(call, opened, wished, notes, again).await
}

/// The review. What will run is shown by the page itself, apart from whatever else the model says of it.
fn question(action: &str, args: Option<&Value>, allow_edit: bool, consequences: Option<Value>) -> Map<String, Value> {
    let title = first_line(action);
    let mut allowed = vec!["approve", "modify", "abort"];
    // Only named arguments can be edited and still be arguments.
    if allow_edit && args.is_some_and(Value::is_object) {
        allowed.push("edit");
    }
    let message = if title == action { "" } else { action };
    let mut question = Map::from_iter([
        ("interaction_type".to_owned(), json!("review")),
        ("title".to_owned(), json!(title)),
        ("message".to_owned(), json!(message)),
        ("actions".to_owned(), json!([{ "kind": title, "args": args, "allowed": allowed }])),
    ]);
    if let Some(consequences) = consequences {
        question.insert("consequences".to_owned(), consequences);
    }
    question
}

/// What fits a title.
fn first_line(action: &str) -> String {
    shortened(action.trim().lines().next().unwrap_or_default().trim_end(), MAX_TITLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_action_is_titled_by_its_first_line() {
        assert_eq!(first_line("deploy"), "deploy");
        assert_eq!(first_line("deploy\nthen rest"), "deploy");
        assert_eq!(first_line(&"部".repeat(300)).chars().count(), MAX_TITLE);
        let asked = question("a\nb", Some(&json!({"x": 1})), true, None);
        assert_eq!((&asked["title"], &asked["message"]), (&json!("a"), &json!("a\nb")));
        assert_eq!(asked["actions"][0]["allowed"], json!(["approve", "modify", "abort", "edit"]));
        let plain = question("a", Some(&json!([1])), true, None);
        assert_eq!(plain["actions"][0]["allowed"], json!(["approve", "modify", "abort"]));
    }
}
