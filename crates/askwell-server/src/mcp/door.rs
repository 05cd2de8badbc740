//! From an HTTP request to a protocol message and back.
//!
//! Job: read the body by the rules of every other body, say who calls, and
//! hand both to `rmcp`. Invariant: a legacy session is reached only by the
//! principal that began it. Neighbours: `middleware` has looked at `Host`,
//! `Origin` and the credential before.

use std::sync::Arc;

use askwell_app::Channel;
use askwell_core::access::Action;
use askwell_core::json::parse;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::StreamExt as _;
use http_body_util::Full;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;
use tokio_util::task::TaskTracker;

use super::handler::Askwell;
use super::sessions::{OwnSessions, Sessions};
use super::tools;
use super::unreadable::unreadable;
use super::updates::ListensFrom;
use crate::identity::{self, Identity};
use crate::state::Server;
use crate::wire::body::{MAX_BODY, read};
use crate::wire::problem::{Code, Place, Problem};

/// What all requests share.
#[derive(Default)]
pub(super) struct Door {
    sessions: Arc<Sessions>,
    tasks: TaskTracker,
}

impl Door {
    /// Serves one request.
    pub(super) async fn serve(&self, server: Server, mut who: Identity, request: Request) -> Result<Response, Problem> {
        who.caller.channel = Channel::Mcp;
        let (mut parts, body) = request.into_parts();
        let bytes = if parts.method == Method::POST {
            read(&parts.headers, body, server.options.body_read_timeout).await?
        } else {
            Bytes::new()
        };
        if parts.method == Method::POST {
            match parse(&bytes) {
                Ok(message) => {
                    may_ask(&server, &who, &parts.headers, &message)?;
                    if message["method"] == "subscriptions/listen"
                        && let Some(from) = ListensFrom::now(&server.app, &who.caller).await
                    {
                        parts.extensions.insert(from);
                    }
                }
                Err(error) => return Ok(answer_anyway(&bytes, &error.into(), &who)),
            }
        }
        parts.extensions.insert(who.clone());
        let stays = parts.method == Method::GET;
        let owner = who.caller.principal.name();
        let sessions = Arc::new(OwnSessions::new(Arc::clone(&self.sessions), owner, server.options.mcp.max_sessions));
        let handler = Askwell::new(server.clone(), self.tasks.clone());
        let service = StreamableHttpService::new(move || Ok(handler.clone()), Arc::clone(&sessions), config());
        let response = service.handle(Request::from_parts(parts, Full::new(bytes))).await;
        if sessions.is_full() {
            return Err(Problem::new(Code::Overloaded));
        }
        let (mut parts, body) = response.into_parts();
        parts.headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        let mut body = Body::new(body);
        if stays {
            // Nobody is answered here, so nothing else would end it.
            let (stopping, fallen) = (server.app.stopping(), Box::pin(server.app.fallen(&who.caller)));
            let over = async move {
                tokio::select! {
                    () = stopping.cancelled_owned() => {}
                    () = fallen => {}
                }
            };
            body = Body::from_stream(body.into_data_stream().take_until(Box::pin(over)));
        }
        Ok(Response::from_parts(parts, body))
    }
}

/// `Host` and `Origin` are the middleware's, for every path alike.
fn config() -> StreamableHttpServerConfig {
    StreamableHttpServerConfig::default()
        .disable_allowed_hosts()
        .disable_allowed_origins()
        .with_max_request_body_bytes(MAX_BODY)
}

/// Refuses, by HTTP, a call that the token's scopes do not reach: so that a client can ask for another token.
fn may_ask(server: &Server, who: &Identity, headers: &axum::http::HeaderMap, message: &Value) -> Result<(), Problem> {
    let asks = message["method"] == "tools/call" && message["params"]["name"].as_str().is_some_and(tools::asks);
    if !asks || server.app.may(&who.caller, Action::Create, None) {
        return Ok(());
    }
    let base = server.options.own_url(who.outside, headers);
    let problem = Problem::new(Code::Forbidden);
    Err(match HeaderValue::from_str(&identity::insufficient_scope(&base)) {
        Ok(challenge) => problem.header(header::WWW_AUTHENTICATE, challenge),
        Err(_) => problem,
    })
}

/// A body that is no JSON that can be worked with, as JSON-RPC says so. Some clients end their connection, and every
/// other call with it, where the answer to one is a status that says so.
fn answer_anyway(bytes: &[u8], problem: &Problem, who: &Identity) -> Response {
    let place = Place { locale: who.locale, request_id: &who.caller.request_id, base_url: "", status: None };
    let told = unreadable(bytes, &tools::text_of(problem, &place));
    let status = if told.is_answer { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    (status, [(header::CONTENT_TYPE, "application/json")], told.message.to_string()).into_response()
}
