//! Whether the server is well: for people, for load balancers, for Prometheus.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::identity::Identity;
use crate::state::Server;
use crate::wire::json_with;
use crate::wire::problem::Problem;
use crate::wire::statistics::HealthBody;

fn status(well: bool) -> StatusCode {
    if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Read the server's health
#[utoipa::path(get, path = "/api/health", operation_id = "getHealth", tag = "server",
    responses(
        (status = 200, description = "Healthy", body = HealthBody),
        (status = 503, description = "Unhealthy: nothing can be acknowledged now", body = HealthBody)))]
pub(super) async fn health(State(server): State<Server>, who: Identity) -> Response {
    let health = server.app.health(&who.caller).await;
    let body = json_with(status(health.writable), "application/json", &HealthBody::of(&health, &server.options));
    // Whoever asks for no language of ours learns which one the owner chose.
    ([(header::CONTENT_LANGUAGE, who.locale.as_str())], body).into_response()
}

/// Ask whether the server takes requests
#[utoipa::path(get, path = "/ready", operation_id = "getReadiness", tag = "server",
    responses(
        (status = 200, description = "`{\"ready\": true}`"),
        (status = 503, description = "`{\"ready\": false}`: not writable, or stopping")))]
pub(super) async fn ready(State(server): State<Server>) -> Response {
    let ready = server.app.is_ready();
    json_with(status(ready), "application/json", &json!({ "ready": ready }))
}

/// Read the metrics
///
/// In the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", operation_id = "getMetrics", tag = "server",
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain")))]
pub(super) async fn metrics(State(server): State<Server>, who: Identity) -> Result<Response, Problem> {
    server.app.may_administer(&who.caller)?;
    let text = (server.options.metrics_render)();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
