//! Answers.

use axum::extract::State;
use axum::response::Response;

use super::path::SessionPath;
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::body::{self, JsonBody};
use crate::wire::json;
use crate::wire::problem::Problem;
use crate::wire::schema::RespondRequestBody;
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
