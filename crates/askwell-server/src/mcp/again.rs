//! Clients that ask again by themselves, as `askwell mcp` does.
//!
//! A server that stops tells whoever waits how things stand, which is no answer, and of `permission_prompt` a no. A
//! client that says it will send the request again is told to do so instead: the next server has it wait on.

use axum::http::HeaderMap;
use rmcp::ErrorData;
use rmcp::model::ErrorCode;

/// The header by which a client says so of a request.
pub const REPEATS: &str = "askwell-repeats";

/// The code of the error by which it is told to: one of those that JSON-RPC leaves to servers.
pub const STOPPING: i32 = -32_050;

/// Whether the request comes again where it is not answered.
pub(super) fn comes_again(headers: &HeaderMap) -> bool {
    headers.contains_key(REPEATS)
}

/// What it is told.
pub(super) fn later() -> ErrorData {
    ErrorData::new(ErrorCode(STOPPING), "the server stops: send the request again", None)
}
