//! Who a session concerns: assignee, candidates, guests.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::path::SessionPath;
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::account::DoneReply;
use crate::wire::account::guests::{GuestLinksReply, InvitedReply};
use crate::wire::account_body::{self as body, AssignRequest, CandidatesRequest, DelegateRequest, InvitationRequest};
use crate::wire::body::JsonBody;
use crate::wire::json;
use crate::wire::problem::Problem;
use crate::wire::session::ChangedBody;

/// Choose who should answer
///
/// `null`: nobody by name. Whoever it was assigned to before goes on seeing it.
#[utoipa::path(post, path = "/api/sessions/{session_id}/assign", operation_id = "assignSession", tag = "parties",
    params(("session_id" = String, Path, description = "The session's id")), request_body = AssignRequest,
    responses((status = 200, description = "Assigned", body = ChangedBody)))]
pub(super) async fn assign(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let (assignee, user_id) = body::assign(given)?;
    let changed = server.app.assign(&who.caller, id, assignee, user_id.as_deref()).await?;
    Ok(json(&ChangedBody::of(&changed, None, who.locale)))
}

/// Hand a session over
///
/// To somebody who answers in one's place. One goes on seeing it.
#[utoipa::path(post, path = "/api/sessions/{session_id}/delegate", operation_id = "delegateSession", tag = "parties",
    params(("session_id" = String, Path, description = "The session's id")), request_body = DelegateRequest,
    responses((status = 200, description = "Handed over", body = ChangedBody)))]
pub(super) async fn delegate(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let (to, user_id) = body::delegate(given)?;
    let changed = server.app.delegate(&who.caller, id, to, user_id.as_deref()).await?;
    Ok(json(&ChangedBody::of(&changed, None, who.locale)))
}

/// Choose who else may answer
#[utoipa::path(put, path = "/api/sessions/{session_id}/candidates", operation_id = "setCandidates", tag = "parties",
    params(("session_id" = String, Path, description = "The session's id")), request_body = CandidatesRequest,
    responses((status = 200, description = "Chosen", body = ChangedBody)))]
pub(super) async fn candidates(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let (candidates, user_id) = body::candidates(given)?;
    let changed = server.app.set_candidates(&who.caller, id, candidates, user_id.as_deref()).await?;
    Ok(json(&ChangedBody::of(&changed, None, who.locale)))
}

/// Make a link for somebody without an account
///
/// It lets in once, to this session alone, until that ends. The address is shown this once.
#[utoipa::path(post, path = "/api/sessions/{session_id}/guest-links", operation_id = "inviteGuest", tag = "parties",
    params(("session_id" = String, Path, description = "The session's id")), request_body = InvitationRequest,
    responses((status = 200, description = "Made", body = InvitedReply)))]
pub(super) async fn invite(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    headers: HeaderMap,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let invited = server.app.invite(&who.caller, id, body::invitation(given)?).await?;
    Ok(json(&InvitedReply::of(&invited, &super::own_url(&server, &who, &headers))))
}

/// List the links to a session
#[utoipa::path(get, path = "/api/sessions/{session_id}/guest-links", operation_id = "listGuestLinks", tag = "parties",
    params(("session_id" = String, Path, description = "The session's id")),
    responses((status = 200, description = "Newest first, without their secrets", body = GuestLinksReply)))]
pub(super) async fn invitations(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
) -> Result<Response, Problem> {
    Ok(json(&GuestLinksReply::of(&server.app.invitations(&who.caller, id).await?)))
}

/// Take a link back
///
/// Whoever came by it is out within a second.
#[utoipa::path(delete, path = "/api/sessions/{session_id}/guest-links/{link_id}", operation_id = "endGuestLink",
    tag = "parties",
    params(
        ("session_id" = String, Path, description = "The session's id"),
        ("link_id" = String, Path, description = "The link's id")),
    responses((status = 200, description = "Taken back", body = DoneReply)))]
pub(super) async fn end_invitation(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    Path((_, link)): Path<(String, String)>,
) -> Result<Response, Problem> {
    server.app.end_invitation(&who.caller, id, &link).await?;
    Ok(json(&DoneReply::YES))
}
