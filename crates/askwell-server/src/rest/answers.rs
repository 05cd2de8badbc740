//! Answers.

use axum::extract::State;
use axum::response::Response;

use super::path::SessionPath;
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::answers::ResultsBody;
use crate::wire::body::{self, JsonBody};
use crate::wire::json;
use crate::wire::problem::{Place, Problem};
use crate::wire::schema::{RespondManyRequest, RespondRequestBody};
use crate::wire::session::ChangedBody;

/// Answer a session
///
/// The first valid answer wins. The same person's same answer again gives the same result; anything else is told who
/// closed the session, how and when.
#[utoipa::path(post, path = "/api/sessions/{session_id}/respond", operation_id = "respondToSession", tag = "answers",
    params(("session_id" = String, Path, description = "The session's id")),
    request_body = RespondRequestBody,
    responses((status = 200, description = "The answer is on disk", body = ChangedBody)))]
pub(super) async fn respond(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let request = body::respond(body)?;
    let changed = server.app.respond(&who.caller, id, request).await?;
    Ok(json(&ChangedBody::of(&changed, Some("message-responded"), who.locale)))
}

/// Answer several sessions
///
/// At most 50, all of low risk and of one shape, each with the `content_hash` of what was seen. Each is answered by
/// itself: one that fails does not touch the others.
#[utoipa::path(post, path = "/api/sessions/respond-many", operation_id = "respondToMany", tag = "answers",
    request_body = RespondManyRequest,
    responses((status = 200, description = "A result for each, in order", body = ResultsBody)))]
pub(super) async fn respond_many(
    State(server): State<Server>,
    who: Identity,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let (ids, requests) = body::respond_many(body)?;
    let results = server.app.respond_many(&who.caller, requests).await?;
    let (locale, base_url) = (who.locale, server.options.base_url());
    let place = Place { locale, request_id: &who.caller.request_id, base_url, status: None };
    Ok(json(&ResultsBody::of(ids, results, &place)))
}
