//! The HTTP hook of Claude Code: a person decides what it may do.
//!
//! Invariant: a hook that waits is a wait like any other, and sends a space now
//! and then, which JSON allows before a value, so that nothing between the two
//! takes the line for dead. Whoever hangs up ends the wait, not the session.

use std::convert::Infallible;
use std::time::Duration;

use askwell_app::{AppError, Awaiting, OpenRequest};
use askwell_core::access::Action;
use askwell_core::ids::SessionId;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde_json::Value;

use super::own_url;
use crate::compat::claude_code::hook::{self, Event};
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::body::JsonBody;
use crate::wire::json;
use crate::wire::problem::{Code, Problem};
use crate::wire::schema::{ClaudeCodeEvent, ClaudeCodeOutput};

/// How long a line may be silent.
const SILENCE: Duration = Duration::from_secs(50);

/// Let a person decide for Claude Code
///
/// The address of an HTTP hook. `PermissionRequest` and `Elicitation` open a session, and the reply comes when a person
/// has answered it. Where nobody does until its deadline, and for every other event, the reply is `{}`: Claude Code then
/// asks at its own terminal. The same event again waits for the same session as long as that is open.
#[utoipa::path(post, path = "/api/integrations/claude-code/hook", operation_id = "claudeCodeHook",
    tag = "integrations", request_body = ClaudeCodeEvent,
    responses((status = 200, description = "What Claude Code does now", body = ClaudeCodeOutput)))]
pub(super) async fn hook(
    State(server): State<Server>,
    who: Identity,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    // Looked at for every event: whoever set it up learns at once that the token is the wrong one.
    if !server.app.may(&who.caller, Action::Create, None) {
        return Err(Problem::new(Code::Forbidden));
    }
    let Some((event, asked)) = hook::read(body)? else { return Ok(json(&hook::nothing())) };
    let asked = asked.unhurried(&server.app.settings().limits);
    let request = OpenRequest {
        body: asked.body,
        idempotency_key: Some(asked.key),
        request_id: None,
        requester: None,
        sent: None,
    };
    match server.app.open_anew(&who.caller, request).await {
        Ok(opened) => {
            let id = opened.stored.session.id();
            let url = format!("{}/r/{id}", own_url(&server, &who, &headers));
            Ok(answering(Waiting { _here: server.app.awaiting(id), server, who, event, id, url }))
        }
        Err(error @ (AppError::Unauthenticated | AppError::Forbidden)) => Err(error.into()),
        Err(error) => {
            tracing::info!(%error, "a hook of Claude Code could not be asked; it asks at its terminal");
            Ok(json(&hook::nothing()))
        }
    }
}

/// A hook that waits.
struct Waiting {
    /// Says so, for as long as this lives.
    _here: Awaiting,
    server: Server,
    who: Identity,
    event: Event,
    id: SessionId,
    url: String,
}

impl Waiting {
    /// What Claude Code is told, once that is known. Nothing: not yet.
    async fn told(&self) -> Option<Value> {
        let app = &self.server.app;
        match app.wait(&self.who.caller, self.id, SILENCE).await {
            Ok(stored) if stored.session.status.is_closed() => {
                Some(hook::told(self.event, &stored.session, &self.url, self.who.locale))
            }
            Ok(_) if !app.stopping().is_cancelled() => None,
            Ok(_) | Err(_) => Some(hook::nothing()),
        }
    }
}

/// Headers at once, spaces while it waits, the JSON at the end.
fn answering(waiting: Waiting) -> Response {
    let pieces = stream::unfold(Some(waiting), |waiting| async move {
        let waiting = waiting?;
        match waiting.told().await {
            None => Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), Some(waiting))),
            Some(told) => Some((Ok(Bytes::from(told.to_string())), None)),
        }
    });
    let json = HeaderValue::from_static("application/json");
    let unbuffered = HeaderValue::from_static("no");
    let headers = [(header::CONTENT_TYPE, json), (header::HeaderName::from_static("x-accel-buffering"), unbuffered)];
    (headers, Body::from_stream(pieces)).into_response()
}
