//! Request ids, the access log and the metrics.

use std::any::Any;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::http::{HeaderMap, Method, StatusCode};

use super::headers::REQUEST_ID;
use crate::client::Client;
use crate::wire::problem::Problem;

/// Tells the ids of one process from those of another.
static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()));
static NEXT: AtomicU64 = AtomicU64::new(1);

/// The caller's own id, if it is one that can be logged as it is; else a new one.
pub(super) fn request_id(headers: &HeaderMap) -> String {
    let sane = |text: &&str| {
        (1..=128).contains(&text.len())
            && text.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'/' | b'+' | b'=')
            })
    };
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(sane);
    given.map_or_else(|| format!("{:016x}-{:x}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed)), str::to_owned)
}

/// What a panic said, for the log.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("without a text"))
}

/// What the log and the metrics want to know of a request.
pub(super) struct Observed {
    method: Method,
    path: String,
    route: Option<MatchedPath>,
    peer: Option<SocketAddr>,
    /// Whom a trusted proxy speaks for.
    client: Option<IpAddr>,
    waits: bool,
    polls: bool,
}

impl Observed {
    pub(super) fn of(request: &Request, client: Client) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            route: request.extensions().get::<MatchedPath>().cloned(),
            peer,
            client: peer.filter(|peer| peer.ip().to_canonical() != client.address).map(|_| client.address),
            polls: crate::socketio::is_path(request.uri().path()),
            waits: request.uri().query().is_some_and(|query| query.contains("wait="))
                || crate::mcp::is_path(request.uri().path()),
        }
    }

    /// Writes the access log line and counts. Paths hold ids only, queries may hold texts and are left out.
    pub(super) fn report(&self, request_id: &str, status: StatusCode, problem: Option<&Problem>, took: Duration) {
        let code = problem.map(|problem| problem.code().as_str());
        let (method, path, peer, took_ms) =
            (self.method.as_str(), &*self.path, self.peer.map(tracing::field::display), took.as_millis());
        let (status_code, client) = (status.as_u16(), self.client.map(tracing::field::display));
        if let Some(reason) = problem.and_then(Problem::log) {
            if status.is_server_error() {
                tracing::error!(request_id, method, path, status = status_code, code, reason, "request failed");
            } else {
                tracing::debug!(request_id, method, path, status = status_code, code, reason, "request refused");
            }
        }
        // A socket that polls asks again and again: that is its noise, not somebody's request.
        if self.polls && status.is_success() {
            tracing::debug!(target: "askwell::access", request_id, method, path, status = status_code, took_ms, peer, client, "poll");
        } else {
            tracing::info!(target: "askwell::access", request_id, method, path, status = status_code, code, took_ms, peer, client, "request");
        }
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str).to_owned();
        let method = known_method(&self.method);
        metrics::counter!("askwell_http_requests_total",
            "method" => method, "route" => route.clone(), "status" => status.as_str().to_owned())
        .increment(1);
        // How long somebody chose to wait says nothing about the server.
        if !self.waits && !self.polls {
            metrics::histogram!("askwell_http_request_duration_seconds", "method" => method, "route" => route)
                .record(took.as_secs_f64());
        }
    }
}

/// Methods can be made up; series must not.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sane_ids_are_taken_over() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            if let Ok(value) = text.parse() {
                headers.insert(REQUEST_ID, value);
            }
            request_id(&headers)
        };
        assert_eq!(of("abc-1_2.3"), "abc-1_2.3");
        for bad in ["", "a b", "a\u{e9}", "x\"y", &"x".repeat(129)] {
            assert_ne!(of(bad), bad);
        }
        assert_ne!(of(""), of(""));
    }
}
