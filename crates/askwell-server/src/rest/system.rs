//! The second original's HTTP paths: how its agents ask, and how they fetch the
//! answer, when no socket can be had. Bodies are exactly the original's.

use std::sync::atomic::Ordering;

use askwell_app::AppError;
use askwell_core::ids::SessionId;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use crate::compat::sentient::{self, RequestBody};
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::body::OptionalJsonBody;
use crate::wire::params::Params;
use crate::wire::problem::Problem;
use crate::wire::rate;
use crate::wire::system::{
    HitlAnswer, HitlAnswered, HitlDebug, HitlFailure, HitlOutcome, HitlPending, HitlRequest, HitlStatus, HitlTaken,
    HitlTested, Readiness,
};
use crate::wire::{json, json_with};

/// Reviews that are read at once: each may be large.
const PAGE: usize = 16;

/// Ask for a review
///
/// As the second original's agents do. The same `request_id` with the same content opens nothing new and tells every
/// connected client again; with other content it is refused.
#[utoipa::path(post, path = "/api/system/hitl-request", operation_id = "requestReview", tag = "reviews",
    request_body = HitlRequest,
    responses(
        (status = 200, description = "The review is open, or was opened by an earlier try", body = HitlTaken),
        (status = 400, description = "Nothing was sent, it is not JSON, or a field is missing", body = HitlFailure),
        (status = 409, description = "The `request_id` stands for something else", body = HitlFailure),
        (status = 422, description = "A field is wrong", body = HitlFailure)))]
pub(super) async fn request(
    State(server): State<Server>,
    who: Identity,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Result<Response, Problem> {
    let (request_id, review) = sentient::recognise(given(body)?)?;
    let opened = server.app.open_review(&who.caller, request_id.clone(), review).await.map_err(sentient::problem)?;
    Ok(rate::tell(json(&HitlTaken::of(&request_id)), opened.allowance))
}

/// Fetch what came of a review
///
/// The same answer every time. 404 until there is one; with `wait` the reply comes as soon as there is.
#[utoipa::path(get, path = "/api/system/hitl-response/{request_id}", operation_id = "getReviewResponse",
    tag = "reviews",
    params(
        ("request_id" = String, Path, description = "The agent's own name for the request, or a session's id"),
        ("wait" = Option<f64>, Query, minimum = 0, description = "Seconds to wait for the response; more than 300 are taken as 300")),
    responses(
        (status = 200, description = "The response", body = HitlOutcome),
        (status = 404, description = "None yet", body = HitlOutcome),
        (status = 422, description = "A parameter is wrong", body = HitlFailure)))]
pub(super) async fn response(
    State(server): State<Server>,
    who: Identity,
    request_id: Result<Path<String>, PathRejection>,
    mut params: Params,
) -> Result<Response, Problem> {
    let patience = params.seconds("wait");
    let patience = params.done(patience)?.unwrap_or_default();
    // What is no text is no name.
    let request_id = request_id.map(|Path(name)| name).unwrap_or_default();
    let outcome = match server.app.review(&who.caller, &request_id).await {
        Ok(stored) => {
            // Without patience it is only looked at, and noted as picked up if it is there.
            let stored = server.app.wait(&who.caller, stored.session.id(), patience).await?;
            HitlOutcome::of(&stored.session, &request_id, server.options.default_locale)
        }
        Err(AppError::NotFound(_)) => HitlOutcome::none(&request_id),
        Err(error) => return Err(error.into()),
    };
    Ok(json_with(outcome.status(), "application/json", &outcome))
}

/// Answer a review by its name
///
/// For people whose browser can have no socket.
#[utoipa::path(post, path = "/api/system/hitl-response", operation_id = "answerReview", tag = "reviews",
    request_body = HitlAnswer,
    responses(
        (status = 200, description = "The answer is on disk", body = HitlAnswered),
        (status = 400, description = "Nothing was sent, or it is not JSON", body = HitlFailure),
        (status = 404, description = "No such request", body = HitlFailure),
        (status = 409, description = "It is closed already", body = HitlFailure),
        (status = 422, description = "A field is wrong; an unknown action is one", body = HitlFailure)))]
pub(super) async fn answer(
    State(server): State<Server>,
    who: Identity,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Result<Response, Problem> {
    let (request_id, request) = sentient::answer(given(body)?)?;
    server.app.answer_review(&who.caller, &request_id, request).await?;
    Ok(json(&HitlAnswered { success: true, request_id: &request_id }))
}

/// List the reviews that wait
///
/// Oldest first; as many as make 1,000, or 4 MiB.
#[utoipa::path(get, path = "/api/system/hitl-pending", operation_id = "listPendingReviews", tag = "reviews",
    params(("after" = Option<String>, Query, description = "Where the page before ended")),
    responses(
        (status = 200, description = "Those that wait", body = HitlPending),
        (status = 422, description = "A parameter is wrong", body = HitlFailure)))]
pub(super) async fn pending(
    State(server): State<Server>,
    who: Identity,
    mut params: Params,
) -> Result<Response, Problem> {
    let after = params.id::<SessionId>("after");
    let mut after = params.done(after)?;
    let mut pending = HitlPending::default();
    while pending.has_room() {
        let (reviews, next) = server.app.open_reviews(&who.caller, after, PAGE).await?;
        for review in &reviews {
            pending.add(&RequestBody::of(&review.session, server.options.default_locale))?;
        }
        after = next;
        if next.is_none() {
            break;
        }
    }
    Ok(json(&pending.before(after)))
}

/// See how the review protocol stands
#[utoipa::path(get, path = "/api/system/hitl-debug", operation_id = "getReviewDebug", tag = "reviews",
    responses((status = 200, description = "How it stands", body = HitlDebug)))]
pub(super) async fn debug(State(server): State<Server>, who: Identity) -> Response {
    let status = status(&server, &who).await;
    json(&HitlDebug::of(status, server.options.reviews_enabled, server.app.now()))
}

/// Open a review to try things out
#[utoipa::path(post, path = "/api/system/hitl-test", operation_id = "testReview", tag = "reviews",
    responses((status = 200, description = "It is open", body = HitlTested)))]
pub(super) async fn test(State(server): State<Server>, who: Identity) -> Result<Response, Problem> {
    let request_id = format!("server-api-test-{}", who.caller.request_id);
    let (request_id, review) = sentient::recognise(sentient::trial(&request_id))?;
    server.app.open_review(&who.caller, request_id.clone(), review).await.map_err(sentient::problem)?;
    Ok(json(&HitlTested::of(request_id, server.app.now())))
}

/// Ask whether the parts of the server stand
///
/// Under the second original's names for them. `/ready` is the one for load balancers.
#[utoipa::path(get, path = "/readiness", operation_id = "getComponentReadiness", tag = "reviews",
    responses((status = 200, description = "Whether they do: `ready` says it", body = Readiness)))]
pub(super) async fn readiness(State(server): State<Server>, who: Identity) -> Response {
    json(&Readiness::of(status(&server, &who).await, server.app.now()))
}

async fn status(server: &Server, who: &Identity) -> HitlStatus {
    HitlStatus {
        ready: server.app.is_ready(),
        socketio_available: true,
        connected_clients: server.clients.load(Ordering::Relaxed),
        pending_requests: server.app.count_open_reviews(&who.caller).await.unwrap_or_default(),
        timeout_seconds: server.app.settings().limits.review_timeout.as_secs_f64(),
    }
}

/// The body, if there is anything in it.
fn given(body: Value) -> Result<Value, Problem> {
    let is_empty = body.is_null() || body.as_object().is_some_and(serde_json::Map::is_empty);
    if is_empty { Err(Problem::missing("")) } else { Ok(body) }
}
