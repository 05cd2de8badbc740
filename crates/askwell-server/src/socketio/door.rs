//! What happens around a request to the Socket.IO path.
//!
//! Job: a place for each client, a count of what it takes, time limits that
//! Engine.IO does not have. Neighbours: `middleware` has checked `Host` and
//! `Origin` before.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use serde::Deserialize;

use super::Shared;
use super::flow::Flow;
use crate::stall::Line;
use crate::wire::problem::{Code, Problem};

/// What Engine.IO answers to a handshake over polling is far smaller.
const MAX_HANDSHAKE: usize = 4 << 10;

/// How long a stop lets polls wait for what is said last.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Every request to the Socket.IO path.
pub(super) async fn around(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let is_websocket = value("transport") == Some("websocket");
    let line = request.extensions().get::<Arc<Line>>().filter(|_| is_websocket).cloned();
    let Some(sid) = value("sid").map(str::to_owned) else {
        if shared.server.app.stopping().is_cancelled() {
            return stopping_now();
        }
        let Ok(place) = Arc::clone(&shared.hub.places).try_acquire_owned() else {
            return Problem::new(Code::Overloaded).into_response();
        };
        let flow = Arc::new(Flow::new(place));
        if let Some(line) = line {
            flow.offer(line);
        }
        request.extensions_mut().insert(Arc::clone(&flow));
        let response = next.run(request).await;
        return if is_websocket { response } else { introduce(&shared, &flow, response).await };
    };
    let flow = shared.hub.flow(&sid);
    if let (Some(flow), Some(line)) = (&flow, line) {
        flow.offer(line);
    }
    if is_websocket {
        return next.run(request).await;
    }
    if *request.method() == Method::POST {
        let patience = shared.server.options.body_read_timeout;
        return match tokio::time::timeout(patience, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Problem::new(Code::RequestTimeout).with("seconds", patience.as_secs()).into_response(),
        };
    }
    let Some(flow) = flow else { return next.run(request).await };
    let stopping = shared.server.app.stopping();
    let over = async {
        tokio::select! {
            () = flow.is_over() => {}
            () = stopping.cancelled() => {}
        }
        // What is said last may still go out with this poll.
        tokio::time::sleep(LAST_WORDS).await;
    };
    tokio::select! {
        biased;
        response = next.run(request) => count(&flow, response).await,
        // An error, so that the client comes back by itself.
        () = over => stopping_now(),
    }
}

fn stopping_now() -> Response {
    Problem::new(Code::Unavailable).logged("stopping".to_owned()).into_response()
}

/// Counts what a poll takes. Engine.IO has it whole in memory already.
async fn count(flow: &Flow, response: Response) -> Response {
    const SEPARATOR: u8 = 0x1e;
    let (parts, body) = response.into_parts();
    let bytes = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return Problem::new(Code::Internal).logged(error.to_string()).into_response(),
    };
    flow.poll_took(bytes.len(), bytes.split(|byte| *byte == SEPARATOR).count());
    Response::from_parts(parts, Body::from(bytes))
}

/// Learns the id that Engine.IO gave to a new client, so that its polls and its upgrade are counted as its own.
async fn introduce(shared: &Shared, flow: &Arc<Flow>, response: Response) -> Response {
    #[derive(Deserialize)]
    struct Handshake<'a> {
        sid: &'a str,
    }

    let (parts, body) = response.into_parts();
    if !parts.status.is_success() || body.size_hint().upper().is_none_or(|size| size > MAX_HANDSHAKE as u64) {
        return Response::from_parts(parts, body);
    }
    let bytes = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return Problem::new(Code::Internal).logged(error.to_string()).into_response(),
    };
    // `0` and the packet.
    let handshake = bytes.get(1..).and_then(|packet| serde_json::from_slice::<Handshake<'_>>(packet).ok());
    if let Some(handshake) = handshake {
        shared.hub.remember(handshake.sid, flow);
    }
    Response::from_parts(parts, Body::from(bytes))
}
