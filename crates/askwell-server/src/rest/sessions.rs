//! Opening, reading and closing sessions without an answer.

use askwell_app::OpenRequest;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::path::SessionPath;
use super::query;
use crate::compat;
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::account_body;
use crate::wire::body::{self, JsonBody, OptionalJsonBody};
use crate::wire::event::HistoryBody;
use crate::wire::json;
use crate::wire::params::Params;
use crate::wire::problem::Problem;
use crate::wire::rate;
use crate::wire::schema::{
    CancelRequest, ClaimRequest, CreateRequest, ExtendRequest, HolderRequest, SessionOrder, StatusFilter,
};
use crate::wire::session::{ChangedBody, MayBody, OneBody, OpenedBody, PageBody, PreviewBody, StatusBody};

/// Open a session
///
/// Asks a question. The same `Idempotency-Key` with the same body gives the same session again. What LangGraph's Agent
/// Inbox, LangChain's middleware and AG-UI hand to people is taken as it is, and answered in their shape as
/// `response.resume`.
#[utoipa::path(post, path = "/api/sessions", operation_id = "openSession", tag = "sessions",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeat of the same create harmless")),
    request_body = CreateRequest,
    responses((status = 200, description = "The session is open, or was opened by an earlier try", body = OpenedBody)))]
pub(super) async fn open(
    State(server): State<Server>,
    who: Identity,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let idempotency_key = body::idempotency_key(&headers)?;
    let create = compat::create(body, server.app.now(), &server.app.settings().limits)?;
    let request = OpenRequest {
        body: create.body.clone(),
        idempotency_key,
        request_id: None,
        requester: None,
        sent: create.sent,
    };
    let mut opened = server.app.open(&who.caller, request).await.map_err(|error| create.problem(error))?;
    opened.warnings = create.named(opened.warnings);
    Ok(rate::tell(json(&OpenedBody::of(&opened, who.locale)), opened.allowance))
}

/// Preview a session
///
/// Takes what opening one takes and checks it alike, but opens and stores nothing.
#[utoipa::path(post, path = "/api/sessions/preview", operation_id = "previewSession", tag = "sessions",
    request_body = CreateRequest,
    responses((status = 200, description = "The session as it would be", body = PreviewBody)))]
pub(super) async fn preview(
    State(server): State<Server>,
    who: Identity,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let create = compat::create(body, server.app.now(), &server.app.settings().limits)?;
    let mut preview = server.app.preview(&who.caller, &create.body).await.map_err(|error| create.problem(error))?;
    preview.warnings = create.named(preview.warnings);
    Ok(json(&PreviewBody::of(&preview, who.locale)))
}

/// List sessions
///
/// Open ones, newest first; with `workflow_id` those of that workflow in every status. `total` counts the open ones.
/// Without any filter up to 1,000 are given.
#[utoipa::path(get, path = "/api/sessions", operation_id = "listSessions", tag = "sessions",
    params(
        ("status" = Option<Vec<StatusFilter>>, Query, description = "Repeatable; `all` for every status"),
        ("interaction_type" = Option<Vec<String>>, Query, description = "Repeatable"),
        ("workflow_id" = Option<String>, Query, description = "Of this workflow, in every status"),
        ("assignee" = Option<String>, Query, description = "Assigned to this person"),
        ("tag" = Option<Vec<String>>, Query, description = "Repeatable: with all of these labels"),
        ("q" = Option<String>, Query, description = "Title or message contains this"),
        ("created_after" = Option<String>, Query, description = "RFC 3339; at or after"),
        ("created_before" = Option<String>, Query, description = "RFC 3339; before"),
        ("sort" = Option<SessionOrder>, Query, description = "`-created_at` (as it comes), `created_at`, `expires_at` or `-updated_at`"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "At most so many; 100 where nothing is said, 500 at most"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the former page")),
    responses((status = 200, description = "A page of sessions", body = PageBody)))]
pub(super) async fn list(State(server): State<Server>, who: Identity, params: Params) -> Result<Response, Problem> {
    let page = server.app.list(&who.caller, query::sessions(params)?).await?;
    Ok(json(&PageBody::of(&page)))
}

/// Read a session
///
/// With `wait` the answer comes as soon as the session is closed, at the latest after that many seconds, with the
/// session as it then is.
#[utoipa::path(get, path = "/api/sessions/{session_id}", operation_id = "getSession", tag = "sessions",
    params(
        ("session_id" = String, Path, description = "The session's id"),
        ("wait" = Option<f64>, Query, minimum = 0, description = "Seconds to wait for its end; more than 300 are taken as 300")),
    responses((status = 200, description = "The session", body = OneBody)))]
pub(super) async fn show(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    mut params: Params,
) -> Result<Response, Problem> {
    let patience = params.seconds("wait");
    let stored = match params.done(patience)? {
        Some(patience) => server.app.wait(&who.caller, id, patience).await?,
        None => server.app.get(&who.caller, id).await?,
    };
    // Boxed: a parked waiter should not carry the room that this needs later.
    let details = Box::pin(server.app.details(&who.caller, stored)).await?;
    let may = MayBody::of(&server.app, &who.caller, &details.stored.session);
    Ok(json(&OneBody::of(&details, may)))
}

/// Read a session's status
///
/// The short form that some clients poll.
#[utoipa::path(get, path = "/api/sessions/{session_id}/status", operation_id = "getSessionStatus", tag = "sessions",
    params(("session_id" = String, Path, description = "The session's id")),
    responses((status = 200, description = "Its status, and its response once there is one", body = StatusBody)))]
pub(super) async fn status(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
) -> Result<Response, Problem> {
    let stored = server.app.get(&who.caller, id).await?;
    Ok(json(&StatusBody::of(&stored.session)))
}

/// Cancel a session
///
/// Closes it without an answer. Body and content type are optional; a repeat changes nothing.
#[utoipa::path(post, path = "/api/sessions/{session_id}/cancel", operation_id = "cancelSession", tag = "sessions",
    params(("session_id" = String, Path, description = "The session's id")),
    request_body = Option<CancelRequest>,
    responses((status = 200, description = "It is cancelled", body = ChangedBody)))]
pub(super) async fn cancel(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Result<Response, Problem> {
    let (reason, user_id) = body::cancel(body)?;
    let changed = server.app.cancel(&who.caller, id, reason, user_id.as_deref()).await?;
    Ok(json(&ChangedBody::of(&changed, Some("message-cancelled"), who.locale)))
}

/// Cancel a session
///
/// The same as a POST to its `cancel`.
#[utoipa::path(delete, path = "/api/sessions/{session_id}", operation_id = "deleteSession", tag = "sessions",
    params(("session_id" = String, Path, description = "The session's id")),
    request_body = Option<CancelRequest>,
    responses((status = 200, description = "It is cancelled", body = ChangedBody)))]
pub(super) async fn delete(
    server: State<Server>,
    who: Identity,
    id: SessionPath,
    body: OptionalJsonBody,
) -> Result<Response, Problem> {
    cancel(server, who, id, body).await
}

/// Claim a session
///
/// A hold, optional: while it lasts only its person may answer. It lapses after five minutes; claim again to renew it.
/// With `override` somebody else's hold is taken over, and that is recorded.
#[utoipa::path(post, path = "/api/sessions/{session_id}/claim", operation_id = "claimSession", tag = "sessions",
    params(("session_id" = String, Path, description = "The session's id")),
    request_body = Option<ClaimRequest>,
    responses((status = 200, description = "It is held", body = ChangedBody)))]
pub(super) async fn claim(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Result<Response, Problem> {
    let (user_id, takeover) = account_body::claim(body)?;
    let changed = server.app.claim(&who.caller, id, user_id.as_deref(), takeover).await?;
    Ok(json(&ChangedBody::of(&changed, None, who.locale)))
}

/// Release a session
///
/// Gives up the hold.
#[utoipa::path(post, path = "/api/sessions/{session_id}/release", operation_id = "releaseSession", tag = "sessions",
    params(("session_id" = String, Path, description = "The session's id")),
    request_body = Option<HolderRequest>,
    responses((status = 200, description = "It is held by nobody", body = ChangedBody)))]
pub(super) async fn release(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Result<Response, Problem> {
    let user_id = body::holder(body)?;
    let changed = server.app.release(&who.caller, id, user_id.as_deref()).await?;
    Ok(json(&ChangedBody::of(&changed, None, who.locale)))
}

/// Extend a session
///
/// Moves the deadline, within the requester's `extendable_seconds` and the server's longest time-out.
#[utoipa::path(post, path = "/api/sessions/{session_id}/extend", operation_id = "extendSession", tag = "sessions",
    params(("session_id" = String, Path, description = "The session's id")),
    request_body = ExtendRequest,
    responses((status = 200, description = "It has more time", body = ChangedBody)))]
pub(super) async fn extend(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let (by_time, user_id) = body::extend(body)?;
    let changed = server.app.extend(&who.caller, id, by_time, user_id.as_deref()).await?;
    Ok(json(&ChangedBody::of(&changed, None, who.locale)))
}

/// Read a session's history
///
/// What happened to it, oldest first.
#[utoipa::path(get, path = "/api/sessions/{session_id}/events", operation_id = "getSessionHistory", tag = "sessions",
    params(("session_id" = String, Path, description = "The session's id")),
    responses((status = 200, description = "Its history", body = HistoryBody)))]
pub(super) async fn history(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
) -> Result<Response, Problem> {
    let events = server.app.history(&who.caller, id).await?;
    Ok(json(&HistoryBody::of(&events)))
}
