//! What becomes of requests: `get_response`, `cancel_request`, `list_requests`.

use std::time::Duration;

use askwell_app::ports::SessionQuery;
use askwell_app::{AppError, timestamp_text};
use askwell_core::ids::SessionId;
use askwell_core::{Rejection, Session, Status};
use rmcp::model::{CallToolResponse, CallToolResult};
use serde_json::{Value, json};

use super::Failure;
use crate::mcp::arguments::Arguments;
use crate::mcp::call::Call;
use crate::mcp::outcome as wire;
use crate::mcp::waiting::{Patience, outcome};

/// Requests on a list where nothing is said, and at most.
const LISTED: usize = 50;

/// Open requests among which one's own are looked for.
const LOOKED_AT: usize = 500;

/// Fetches an answer, or waits for it.
pub(super) async fn get(call: &Call, mut given: Arguments) -> Result<CallToolResponse, Failure> {
    let id = given.session("request_id");
    let wished = given.wait("wait_seconds");
    let mut notes = given.done()?;
    let patience = Patience::of(call, wished, &mut notes);
    let stored = outcome(call, id.unwrap_or(SessionId::NONE), patience).await?;
    Ok(wire::result(call, &stored.session, &notes).into())
}

/// Closes a question that is no longer of use. A repeat changes nothing.
pub(super) async fn cancel(call: &Call, mut given: Arguments) -> Result<CallToolResponse, Failure> {
    let id = given.session("request_id").unwrap_or(SessionId::NONE);
    let reason = given.text("reason");
    let mut notes = given.done()?;
    let reason = reason.unwrap_or_else(|| call.words("mcp-cancelled"));
    let session = match call.app().cancel(&call.caller, id, reason, call.client.as_deref()).await {
        Ok(changed) => changed.stored.session,
        Err(AppError::Rejected(Rejection::Closed { .. } | Rejection::Expired { .. })) => {
            notes.push("It had closed before, and stays as it is.".to_owned());
            call.app().wait(&call.caller, id, Duration::ZERO).await?.session
        }
        Err(error) => return Err(error.into()),
    };
    Ok(wire::result(call, &session, &notes).into())
}

/// Open requests, one's own first.
pub(super) async fn list(call: &Call, mut given: Arguments) -> Result<CallToolResponse, Failure> {
    let workflow_id = given.text("workflow_id");
    let limit = given.number("limit");
    let notes = given.done()?;
    let page = call
        .app()
        .list(
            &call.caller,
            SessionQuery {
                statuses: vec![Status::Pending, Status::Active],
                workflow_id,
                limit: LOOKED_AT,
                ..SessionQuery::default()
            },
        )
        .await?;
    let (own, others): (Vec<_>, Vec<_>) =
        page.sessions.iter().map(|stored| &stored.session).partition(|session| is_own(call, session));
    let most = limit.map_or(LISTED, |limit| count(limit).clamp(1, LISTED));
    let requests: Vec<Value> = own.iter().chain(&others).take(most).map(|session| line(call, session)).collect();
    let mut out = json!({ "requests": requests, "total": page.total_open });
    if !notes.is_empty() {
        out["notes"] = json!(notes);
    }
    Ok(CallToolResult::structured(out).into())
}

/// Whether the caller asked it: by the credential, where there is one, else by what the client calls itself.
fn is_own(call: &Call, session: &Session) -> bool {
    session.opened.requester == call.caller.person(call.client.as_deref())
}

/// A request among others.
pub(in crate::mcp) fn line(call: &Call, session: &Session) -> Value {
    let opened = &session.opened;
    let whose = if is_own(call, session) { "own" } else { "other" };
    json!({
        "request_id": opened.id,
        "status": "pending",
        "title": opened.interaction.get("title"),
        "interaction_type": opened.interaction.kind(),
        "requester": opened.requester.id,
        "whose": whose,
        "url": call.page(opened.id),
        "created_at": timestamp_text(opened.at),
        "expires_at": timestamp_text(session.state.deadline.expires_at),
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped right after")]
fn count(number: f64) -> usize {
    number.max(0.0) as usize
}
