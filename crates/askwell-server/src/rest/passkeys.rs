//! Passkeys: one's own, and their signature under an answer.

use axum::extract::{Path, State};
use axum::response::Response;

use super::path::SessionPath;
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::account::DoneReply;
use crate::wire::account::ways::{CeremonyReply, PasskeyReply, PasskeysReply};
use crate::wire::account_body::{self as body, PasskeyRequest, StepUpRequest};
use crate::wire::body::JsonBody;
use crate::wire::json;
use crate::wire::problem::Problem;

/// List one's own passkeys
#[utoipa::path(get, path = "/api/account/passkeys", operation_id = "listPasskeys", tag = "account",
    responses((status = 200, description = "Oldest first", body = PasskeysReply)))]
pub(super) async fn list(State(server): State<Server>, who: Identity) -> Result<Response, Problem> {
    Ok(json(&PasskeysReply::of(&server.app.passkeys(&who.caller).await?)))
}

/// Begin to register a passkey
#[utoipa::path(post, path = "/api/account/passkeys/options", operation_id = "beginPasskey", tag = "account",
    responses((status = 200, description = "What the browser is to be asked", body = CeremonyReply)))]
pub(super) async fn begin(State(server): State<Server>, who: Identity) -> Result<Response, Problem> {
    Ok(json(&CeremonyReply::of(server.app.begin_passkey(&who.caller).await?)))
}

/// Register a passkey
#[utoipa::path(post, path = "/api/account/passkeys", operation_id = "registerPasskey", tag = "account",
    request_body = PasskeyRequest, responses((status = 200, description = "Registered", body = PasskeyReply)))]
pub(super) async fn register(
    State(server): State<Server>,
    who: Identity,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let (name, state, credential) = body::passkey(given)?;
    Ok(json(&PasskeyReply::of(&server.app.finish_passkey(&who.caller, &name, &state, &credential).await?)))
}

/// Remove a passkey
#[utoipa::path(delete, path = "/api/account/passkeys/{id}", operation_id = "removePasskey", tag = "account",
    params(("id" = String, Path, description = "The passkey's id")),
    responses((status = 200, description = "Removed", body = DoneReply)))]
pub(super) async fn remove(
    State(server): State<Server>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    server.app.remove_passkey(&who.caller, &id).await?;
    Ok(json(&DoneReply::YES))
}

/// Begin to have an answer signed by a passkey
///
/// Where `step_up` is `passkey`: what the browser then gives goes with the answer, as `assertion`. It holds for this
/// very answer to what was seen, once.
#[utoipa::path(post, path = "/api/sessions/{session_id}/step-up", operation_id = "beginStepUp", tag = "answers",
    params(("session_id" = String, Path, description = "The session's id")), request_body = StepUpRequest,
    responses((status = 200, description = "What the browser is to be asked", body = CeremonyReply)))]
pub(super) async fn step_up(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let (response, content_hash) = body::step_up(given)?;
    Ok(json(&CeremonyReply::of(server.app.begin_step_up(&who.caller, id, &response, content_hash).await?)))
}
