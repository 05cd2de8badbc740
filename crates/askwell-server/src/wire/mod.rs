//! The JSON, once for all transports.
//!
//! Job: turn what the use cases give into what stands on the wire, and back.
//! Invariant: no transport writes JSON of its own. Neighbours: `rest` calls
//! this; `openapi` documents these types.

pub(crate) mod account;
pub(crate) mod account_body;
pub(crate) mod answers;
pub(crate) mod audit;
pub(crate) mod body;
pub(crate) mod delivery;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod file;
pub(crate) mod interaction;
pub(crate) mod keys;
pub(crate) mod params;
pub(crate) mod problem;
pub(crate) mod rate;
pub(crate) mod schema;
pub(crate) mod session;
pub(crate) mod statistics;
pub(crate) mod system;

use askwell_core::Finding;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use self::problem::{Code, Problem};
use crate::locale::Locale;

/// The answer that is this JSON, with status 200.
pub(crate) fn json(body: &impl Serialize) -> Response {
    json_with(StatusCode::OK, "application/json", body)
}

/// The answer that is this JSON.
pub(crate) fn json_with(status: StatusCode, content_type: &'static str, body: &impl Serialize) -> Response {
    // As long as one session, or longer: then it grows.
    let mut bytes = Vec::with_capacity(2 << 10);
    match serde_json::to_writer(&mut bytes, body) {
        Ok(()) => (status, [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))], bytes).into_response(),
        Err(error) => Problem::new(Code::Internal).logged(error.to_string()).into_response(),
    }
}

/// What was odd about a request, in the caller's language.
pub(crate) fn warnings(findings: &[Finding], locale: Locale) -> Vec<Value> {
    findings
        .iter()
        .map(|finding| {
            serde_json::json!({
                "pointer": finding.pointer,
                "code": finding.code.as_str(),
                "detail": problem::finding_text(finding, locale),
            })
        })
        .collect()
}
