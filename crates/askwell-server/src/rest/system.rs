//! The second original's HTTP paths: how its agents ask, and how they fetch the
//! answer, when no socket can be had. Bodies are exactly the original's.

use std::sync::atomic::Ordering;

use askwell_app::AppError;
use askwell_core::ids::SessionId;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use crate::compat::sentient::{self, RequestBody};
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::body::OptionalJsonBody;
use crate::wire::params::Params;
use crate::wire::problem::{Place, Problem};
use crate::wire::system::{
    HitlAnswer, HitlAnswered, HitlDebug, HitlFailure, HitlOutcome, HitlPending, HitlRequest, HitlStatus, HitlTaken,
    HitlTested, Readiness, failure, no_data,
};
use crate::wire::{json, json_with};

/// Reviews that are read at once: each may be large.
const PAGE: usize = 16;

type Body = Result<OptionalJsonBody, Problem>;

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
pub(super) async fn request(State(server): State<Server>, who: Identity, body: Body) -> Response {
    let given = match given(body) {
        Ok(Some(given)) => given,
        Ok(None) => return no_data(),
        Err(problem) => return failure(&problem, &place(&server, &who)),
    };
    match ask(&server, &who, given).await {
        Ok(request_id) => json(&HitlTaken::of(&request_id)),
        Err(problem) => failure(&problem, &place(&server, &who)),
    }
}

async fn ask(server: &Server, who: &Identity, given: Value) -> Result<String, Problem> {
    let (request_id, body) = sentient::recognise(given)?;
    server.app.open_review(&who.caller, request_id.clone(), body).await.map_err(sentient::problem)?;
    Ok(request_id)
}

/// Fetch what came of a review
///
/// The same answer every time. 404 until there is one; with `wait` the reply comes as soon as there is.
#[utoipa::path(get, path = "/api/system/hitl-response/{request_id}", operation_id = "getReviewResponse",
    tag = "reviews",
    params(
        ("request_id" = String, Path, description = "The agent's own name for the request, or a session's id"),
        ("wait" = Option<f64>, Query, description = "Seconds to wait for the response; more than 300 are taken as 300")),
    responses(
        (status = 200, description = "The response", body = HitlOutcome),
        (status = 404, description = "None yet", body = HitlOutcome),
        (status = 422, description = "A parameter is wrong", body = HitlFailure)))]
pub(super) async fn response(
    State(server): State<Server>,
    who: Identity,
    request_id: Result<Path<String>, PathRejection>,
    mut params: Params,
) -> Response {
    // What is no text is no name.
    let request_id = request_id.map(|Path(name)| name).unwrap_or_default();
    let patience = params.seconds("wait");
    let found = match params.done(patience) {
        Err(problem) => Err(problem),
        Ok(patience) => match server.app.review(&who.caller, &request_id).await {
            Ok(stored) => {
                // Without patience it is only looked at, and noted as picked up if it is there.
                let waited = server.app.wait(&who.caller, stored.session.id(), patience.unwrap_or_default());
                waited.await.map_err(Problem::from)
            }
            Err(AppError::NotFound(_)) => {
                let none = HitlOutcome::none(&request_id);
                return json_with(none.status(), "application/json", &none);
            }
            Err(error) => Err(error.into()),
        },
    };
    match found {
        Ok(stored) => {
            let outcome = HitlOutcome::of(&stored.session, &request_id, server.options.default_locale);
            json_with(outcome.status(), "application/json", &outcome)
        }
        Err(problem) => failure(&problem, &place(&server, &who)),
    }
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
pub(super) async fn answer(State(server): State<Server>, who: Identity, body: Body) -> Response {
    let answered = match given(body) {
        Ok(Some(given)) => answer_by_name(&server, &who, given).await,
        Ok(None) => return no_data(),
        Err(problem) => Err(problem),
    };
    match answered {
        Ok(request_id) => json(&HitlAnswered { success: true, request_id: &request_id }),
        Err(problem) => failure(&problem, &place(&server, &who)),
    }
}

async fn answer_by_name(server: &Server, who: &Identity, given: Value) -> Result<String, Problem> {
    let (request_id, request) = sentient::answer(given)?;
    server.app.answer_review(&who.caller, &request_id, request).await?;
    Ok(request_id)
}

/// List the reviews that wait
///
/// Oldest first; as many as make 1,000, or 4 MiB.
#[utoipa::path(get, path = "/api/system/hitl-pending", operation_id = "listPendingReviews", tag = "reviews",
    params(("after" = Option<String>, Query, description = "Where the page before ended")),
    responses(
        (status = 200, description = "Those that wait", body = HitlPending),
        (status = 422, description = "A parameter is wrong", body = HitlFailure)))]
pub(super) async fn pending(State(server): State<Server>, who: Identity, mut params: Params) -> Response {
    let after = params.id::<SessionId>("after");
    let listed = match params.done(after) {
        Ok(after) => list(&server, &who, after).await,
        Err(problem) => Err(problem),
    };
    match listed {
        Ok(pending) => json(&pending),
        Err(problem) => failure(&problem, &place(&server, &who)),
    }
}

async fn list(server: &Server, who: &Identity, mut after: Option<SessionId>) -> Result<HitlPending, Problem> {
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
    Ok(pending.before(after))
}

/// See how the review protocol stands
#[utoipa::path(get, path = "/api/system/hitl-debug", operation_id = "getReviewDebug", tag = "reviews",
    responses((status = 200, description = "How it stands", body = HitlDebug)))]
pub(super) async fn debug(State(server): State<Server>) -> Response {
    let status = status(&server).await;
    json(&HitlDebug::of(status, server.options.reviews_enabled, server.app.now()))
}

/// Open a review to try things out
#[utoipa::path(post, path = "/api/system/hitl-test", operation_id = "testReview", tag = "reviews",
    responses((status = 200, description = "It is open", body = HitlTested)))]
pub(super) async fn test(State(server): State<Server>, who: Identity) -> Response {
    let at = askwell_app::timestamp_text(server.app.now());
    let request_id = format!("server-api-test-{}", who.caller.request_id);
    let given = json!({
        "request_id": request_id,
        "checkpoint_name": "ServerAPITestCheckpoint",
        "context_message": "This is a test HITL request from the server API",
        "data_for_review": { "test": true, "source": "server_api_test" },
        "node_id": "server-api-test-node",
        "current_attempt": 1,
    });
    match ask(&server, &who, given).await {
        Ok(request_id) => {
            json(&HitlTested { success: true, message: "Test HITL request triggered", request_id, timestamp: at })
        }
        Err(problem) => failure(&problem, &place(&server, &who)),
    }
}

/// Ask whether the parts of the server stand
///
/// Under the second original's names for them. `/ready` is the one for load balancers.
#[utoipa::path(get, path = "/readiness", operation_id = "getComponentReadiness", tag = "reviews",
    responses((status = 200, description = "Whether they do: `ready` says it", body = Readiness)))]
pub(super) async fn readiness(State(server): State<Server>) -> Response {
    json(&Readiness::of(status(&server).await, server.app.now()))
}

async fn status(server: &Server) -> HitlStatus {
    HitlStatus {
        ready: server.app.is_ready(),
        socketio_available: true,
        connected_clients: server.clients.load(Ordering::Relaxed),
        pending_requests: server.app.count_open_reviews().await.unwrap_or_default(),
        timeout_seconds: server.app.settings().limits.review_timeout.as_secs_f64(),
    }
}

/// The body, if there is anything in it.
fn given(body: Body) -> Result<Option<Value>, Problem> {
    let OptionalJsonBody(given) = body?;
    let empty = given.is_null() || given.as_object().is_some_and(serde_json::Map::is_empty);
    Ok((!empty).then_some(given))
}

fn place<'a>(server: &'a Server, who: &'a Identity) -> Place<'a> {
    let base_url = server.options.base_url();
    Place { locale: who.locale, request_id: &who.caller.request_id, base_url, status: None }
}
