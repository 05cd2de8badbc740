//! Tokens of programs.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::identity::Identity;
use crate::state::Server;
use crate::wire::account::DoneReply;
use crate::wire::account::tokens::{IssuedReply, TokensReply};
use crate::wire::account_body::{self as body, NewTokenRequest};
use crate::wire::body::JsonBody;
use crate::wire::json;
use crate::wire::params::Params;
use crate::wire::problem::Problem;

/// List tokens
///
/// One's own; `all=true`, for administrators, everybody's.
#[utoipa::path(get, path = "/api/tokens", operation_id = "listTokens", tag = "people",
    params(("all" = Option<bool>, Query, description = "Everybody's")),
    responses((status = 200, description = "Newest first, without their secrets", body = TokensReply)))]
pub(super) async fn list(State(server): State<Server>, who: Identity, mut params: Params) -> Result<Response, Problem> {
    let all = params.choice("all", &[("true", true), ("false", false)]);
    let tokens = match params.done(all)? {
        Some(true) => server.app.all_tokens(&who.caller).await?,
        _ => server.app.tokens(&who.caller).await?,
    };
    Ok(json(&TokensReply::of(&tokens)))
}

/// Make a token
///
/// For a program that asks. There is no scope that answers. The secret is shown this once.
#[utoipa::path(post, path = "/api/tokens", operation_id = "issueToken", tag = "people", request_body = NewTokenRequest,
    responses((status = 200, description = "Made", body = IssuedReply)))]
pub(super) async fn issue(
    State(server): State<Server>,
    who: Identity,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let issued = server.app.issue_token(&who.caller, body::new_token(given)?).await?;
    Ok(json(&IssuedReply::of(&issued)))
}

/// Revoke a token
///
/// Whatever is connected by it is out within a second.
#[utoipa::path(delete, path = "/api/tokens/{id}", operation_id = "revokeToken", tag = "people",
    params(("id" = String, Path, description = "The token's id")),
    responses((status = 200, description = "Revoked", body = DoneReply)))]
pub(super) async fn revoke(
    State(server): State<Server>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    server.app.revoke_token(&who.caller, &id).await?;
    Ok(json(&DoneReply::YES))
}
