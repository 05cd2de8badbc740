//! Counts.

use axum::extract::State;
use axum::response::Response;

use crate::identity::Identity;
use crate::state::Server;
use crate::wire::json;
use crate::wire::problem::Problem;
use crate::wire::statistics::StatisticsReply;

/// Count sessions
#[utoipa::path(get, path = "/api/statistics", operation_id = "getStatistics", tag = "server",
    responses((status = 200, description = "The counts", body = StatisticsReply)))]
pub(super) async fn statistics(State(server): State<Server>, who: Identity) -> Result<Response, Problem> {
    let statistics = server.app.statistics(&who.caller).await?;
    Ok(json(&StatisticsReply::of(&statistics)))
}
