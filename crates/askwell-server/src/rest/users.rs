//! People and groups.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::identity::Identity;
use crate::state::Server;
use crate::wire::account::people::{ChoicesReply, UserReply, UsersReply};
use crate::wire::account_body::{self as body, NewUserRequest, UserChangeRequest};
use crate::wire::body::JsonBody;
use crate::wire::json;
use crate::wire::params::Params;
use crate::wire::problem::Problem;

const PAGE: usize = 200;

/// List people
#[utoipa::path(get, path = "/api/users", operation_id = "listUsers", tag = "people",
    params(
        ("after" = Option<String>, Query, description = "`next` of the former page"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many; 200 at most")),
    responses((status = 200, description = "People by login", body = UsersReply)))]
pub(super) async fn list(State(server): State<Server>, who: Identity, mut params: Params) -> Result<Response, Problem> {
    let after = params.text("after");
    let limit = params.limit("limit", PAGE).unwrap_or(PAGE);
    let after = params.done(after)?;
    let users = server.app.users(&who.caller, after.as_deref(), limit).await?;
    Ok(json(&UsersReply::of(&users, limit)))
}

/// Add a person
#[utoipa::path(post, path = "/api/users", operation_id = "addUser", tag = "people", request_body = NewUserRequest,
    responses((status = 200, description = "Added", body = UserReply)))]
pub(super) async fn add(
    State(server): State<Server>,
    who: Identity,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let user = server.app.add_user(&who.caller, body::new_user(given)?).await?;
    Ok(json(&UserReply::of(&user)))
}

/// Change a person
///
/// Whoever is disabled is out within a second, wherever they are connected.
#[utoipa::path(patch, path = "/api/users/{login}", operation_id = "changeUser", tag = "people",
    params(("login" = String, Path, description = "Their login")), request_body = UserChangeRequest,
    responses((status = 200, description = "Changed", body = UserReply)))]
pub(super) async fn change(
    State(server): State<Server>,
    who: Identity,
    Path(login): Path<String>,
    JsonBody(given): JsonBody,
) -> Result<Response, Problem> {
    let user = server.app.change_user(&who.caller, &login, body::user_change(given)?).await?;
    Ok(json(&UserReply::of(&user)))
}

/// Find people and groups to choose from
#[utoipa::path(get, path = "/api/people", operation_id = "findPeople", tag = "people",
    params(("q" = Option<String>, Query, description = "Login, name or group contains this")),
    responses((status = 200, description = "At most 50 of each", body = ChoicesReply)))]
pub(super) async fn choices(State(server): State<Server>, who: Identity, params: Params) -> Result<Response, Problem> {
    let text = params.text("q").unwrap_or_default();
    Ok(json(&ChoicesReply::of(server.app.choices(&who.caller, &text).await?)))
}
