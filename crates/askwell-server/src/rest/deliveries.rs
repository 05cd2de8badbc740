//! Callbacks: what is owed, what was tried, and sending again.

use axum::extract::State;
use axum::response::Response;

use super::path::DeliveryPath;
use super::query;
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::delivery::{DeliveryPageBody, RedeliveredBody};
use crate::wire::json;
use crate::wire::params::Params;
use crate::wire::problem::Problem;
use crate::wire::schema::DeliveryFilter;

/// List callbacks
///
/// Newest first, each with its tries.
#[utoipa::path(get, path = "/api/deliveries", operation_id = "listDeliveries", tag = "deliveries",
    params(
        ("state" = Option<DeliveryFilter>, Query, description = "`pending`, `delivered`, `refused` or `dead`"),
        ("session_id" = Option<String>, Query, description = "Only of this session"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "At most so many; 100 where nothing is said, 500 at most"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the former page")),
    responses((status = 200, description = "A page of callbacks", body = DeliveryPageBody)))]
pub(super) async fn list(State(server): State<Server>, who: Identity, params: Params) -> Result<Response, Problem> {
    let page = server.app.deliveries(&who.caller, query::deliveries(params)?).await?;
    Ok(json(&DeliveryPageBody::of(&page)))
}

/// Send a callback again
///
/// At once, and then from the start of its schedule.
#[utoipa::path(post, path = "/api/deliveries/{delivery_id}/redeliver", operation_id = "redeliver", tag = "deliveries",
    params(("delivery_id" = String, Path, description = "The callback's id")),
    responses((status = 200, description = "It is due now", body = RedeliveredBody)))]
pub(super) async fn redeliver(
    State(server): State<Server>,
    who: Identity,
    DeliveryPath(id): DeliveryPath,
) -> Result<Response, Problem> {
    let delivery = server.app.redeliver(&who.caller, id).await?;
    Ok(json(&RedeliveredBody::of(&delivery)))
}
