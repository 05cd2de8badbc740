//! The bodies of the second original's HTTP paths, exactly as it sends them.
//!
//! Its failures are not problem+json: `{"error": …}`, with our code and details
//! beside it where the original knew no such failure.

use askwell_app::timestamp_text;
use askwell_core::Session;
use askwell_core::ids::SessionId;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::problem::{Code, Place, Problem};
use crate::compat::sentient::{RequestBody, ResponseBody};
use crate::locale::Locale;

/// What an agent asks.
#[derive(Serialize, ToSchema)]
pub(crate) struct HitlRequest {
    /// The agent's own name for the request, unique. A repeat is recognised by it.
    #[schema(value_type = super::schema::Name)]
    request_id: String,
    /// The point at which the agent stands, e.g. `PlanGeneration`.
    #[schema(pattern = r"\S", max_length = 500)]
    checkpoint_name: String,
    /// Why a person should look.
    context_message: String,
    /// The node of the agent's plan.
    #[schema(required, value_type = Option<super::schema::Name>)]
    node_id: Option<String>,
    /// What is to be reviewed.
    data_for_review: Option<Value>,
    /// 1 for the first try.
    current_attempt: Option<i128>,
    /// Accepted and not used.
    timestamp: Option<Value>,
    /// Seconds; `execution.hitl_timeout_seconds` where nothing is said.
    timeout: Option<f64>,
}

/// A person's answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct HitlAnswer {
    #[schema(value_type = super::schema::Name)]
    request_id: String,
    /// `approve`, `modify` or `abort`; nothing else is taken for one of them.
    action: String,
    /// Needed with `modify`.
    modification_instructions: Option<String>,
    #[schema(value_type = Option<super::schema::Name>)]
    user_id: Option<String>,
}

/// An agent's request was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitlTaken<'a> {
    message: &'static str,
    request_id: &'a str,
    success: bool,
}

impl<'a> HitlTaken<'a> {
    pub(crate) fn of(request_id: &'a str) -> Self {
        Self { message: "HITL request emitted successfully", request_id, success: true }
    }
}

/// A person's answer was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitlAnswered<'a> {
    pub(crate) success: bool,
    pub(crate) request_id: &'a str,
}

/// What came of a request, if it has come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitlOutcome<'a> {
    has_response: bool,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<ResponseBody>,
}

impl<'a> HitlOutcome<'a> {
    /// Nothing yet, or no such request.
    pub(crate) fn none(request_id: &'a str) -> Self {
        Self { has_response: false, request_id, response: None }
    }

    pub(crate) fn of(session: &Session, request_id: &'a str, locale: Locale) -> Self {
        let response = ResponseBody::of(session, locale);
        Self { has_response: response.is_some(), request_id, response }
    }

    /// The original says 404 until there is a response.
    pub(crate) fn status(&self) -> StatusCode {
        if self.has_response { StatusCode::OK } else { StatusCode::NOT_FOUND }
    }
}

/// The requests that wait.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitlPending {
    success: bool,
    /// Oldest first.
    #[schema(value_type = Vec<RequestBody>)]
    requests: Vec<Box<RawValue>>,
    /// Send it as `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    next: Option<SessionId>,
    #[serde(skip)]
    bytes: usize,
}

impl Default for HitlPending {
    fn default() -> Self {
        Self { success: true, requests: Vec::new(), next: None, bytes: 0 }
    }
}

impl HitlPending {
    /// Whether one answer may hold more.
    pub(crate) fn has_room(&self) -> bool {
        self.requests.len() < 1_000 && self.bytes < 4 << 20
    }

    /// Adds one more.
    ///
    /// # Errors
    /// When it cannot be told as JSON.
    pub(crate) fn add(&mut self, request: &RequestBody) -> Result<(), Problem> {
        let told = to_raw_value(request).map_err(|error| Problem::new(Code::Internal).logged(error.to_string()))?;
        self.bytes += told.get().len();
        self.requests.push(told);
        Ok(())
    }

    /// The same, saying where it goes on.
    pub(crate) fn before(self, next: Option<SessionId>) -> Self {
        Self { next, ..self }
    }
}

/// How the review protocol stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitlStatus {
    pub(crate) ready: bool,
    pub(crate) socketio_available: bool,
    pub(crate) connected_clients: usize,
    pub(crate) pending_requests: u64,
    pub(crate) timeout_seconds: f64,
}

/// The same among the rest that the original tells.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitlDebug {
    hitl_status: HitlStatus,
    system_hitl_ready: bool,
    config_hitl_enabled: bool,
    environment_vars: Value,
    #[schema(format = DateTime)]
    timestamp: String,
}

impl HitlDebug {
    pub(crate) fn of(hitl_status: HitlStatus, config_hitl_enabled: bool, at: Timestamp) -> Self {
        Self {
            system_hitl_ready: hitl_status.ready,
            hitl_status,
            config_hitl_enabled,
            // The original read it; here nothing depends on it.
            environment_vars: json!({ "SENTIENT_USE_WEBSOCKET_HITL": null }),
            timestamp: timestamp_text(at),
        }
    }
}

/// Whether the parts of the server stand, under the original's names for them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Readiness {
    ready: bool,
    components: Components,
    websocket_hitl_status: HitlStatus,
    #[schema(format = DateTime)]
    timestamp: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the names of the wire")]
struct Components {
    system_initialized: bool,
    websocket_hitl_ready: bool,
    cache_ready: bool,
    execution_engine_ready: bool,
}

impl Readiness {
    pub(crate) fn of(websocket_hitl_status: HitlStatus, at: Timestamp) -> Self {
        let ready = websocket_hitl_status.ready;
        let components = Components {
            system_initialized: true,
            websocket_hitl_ready: ready,
            cache_ready: ready,
            execution_engine_ready: ready,
        };
        Self { ready, components, websocket_hitl_status, timestamp: timestamp_text(at) }
    }
}

/// A test request was opened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitlTested {
    success: bool,
    message: &'static str,
    request_id: String,
    #[schema(format = DateTime)]
    timestamp: String,
}

impl HitlTested {
    pub(crate) fn of(request_id: String, at: Timestamp) -> Self {
        Self { success: true, message: "Test HITL request triggered", request_id, timestamp: timestamp_text(at) }
    }
}

/// A failure on these paths. What the original knew has `error` alone.
#[derive(Serialize, ToSchema)]
pub(crate) struct HitlFailure {
    error: String,
    success: Option<bool>,
    code: Option<String>,
    errors: Option<Vec<Value>>,
}

/// Whether a route is one of these.
pub(crate) fn is_route(route: &str) -> bool {
    route.starts_with("/api/system/")
}

/// A failure on these paths.
pub(crate) fn failure(problem: &Problem, place: &Place<'_>) -> Response {
    let told = problem.among(place);
    let body = match problem.code() {
        // As the original says it, whatever the language.
        Code::MissingField => match told["errors"][0]["pointer"].as_str().unwrap_or_default() {
            "" => json!({ "error": "No data provided" }),
            pointer => json!({ "error": format!("Missing required field: {}", pointer.trim_start_matches('/')) }),
        },
        code => {
            json!({ "success": false, "error": told["detail"], "code": code.as_str(), "errors": told.get("errors") })
        }
    };
    Problem::respond("application/json", problem.code().status(), &body, place)
}
