//! `permission_prompt`: Claude Code asks before it acts.
//!
//! It takes one block of text and nothing else; so whatever happens is an
//! `allow` or a `deny`, and only a person's yes is an `allow`.

use askwell_app::OpenRequest;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock, JsonObject};
use serde_json::{Value, json};

use super::{Failure, text_of};
use crate::compat::claude_code;
use crate::mcp::call::Call;
use crate::mcp::waiting::{Patience, outcome};
use crate::wire::problem::Problem;

/// Asks, and waits until the question closes; where the client cannot be told of progress, as long as it bears silence.
pub(super) async fn prompt(call: &Call, given: Option<JsonObject>) -> Result<CallToolResponse, Failure> {
    let behaviour = match decide(call, given).await {
        Err(Failure::Problem(problem)) => {
            problem.report(&call.caller.request_id);
            json!({ "behavior": "deny", "message": text_of(&problem, &call.place()) })
        }
        decided => decided?,
    };
    Ok(CallToolResult::success(vec![ContentBlock::text(behaviour.to_string())]).into())
}

async fn decide(call: &Call, given: Option<JsonObject>) -> Result<Value, Failure> {
    let asked = claude_code::prompt(Value::Object(given.unwrap_or_default()))?;
    let asked = asked.unhurried(&call.app().settings().limits);
    let request = OpenRequest {
        body: asked.body,
        idempotency_key: Some(asked.key),
        request_id: None,
        requester: call.client.clone(),
        sent: None,
    };
    let opened = call.app().open(&call.caller, request).await.map_err(Problem::from)?;
    let patience =
        if call.progress_token().is_some() { Patience::Deadline } else { Patience::For(call.options().mcp.wait) };
    let id = opened.stored.session.id();
    let stored = outcome(call, id, patience).await?;
    Ok(claude_code::behaviour(&stored.session, &call.page(id), call.locale))
}
