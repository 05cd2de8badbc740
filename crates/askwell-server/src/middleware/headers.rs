//! Headers that every response has, and those that let an allowed page read it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::guard::Cors;

/// The id under which a request is logged.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Nothing here is a page of its own, unless its route says otherwise.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const TAKEN: &str = "accept, accept-language, authorization, cache-control, content-type, idempotency-key, if-none-match, \
     last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id, x-request-id";
const SHOWN: &str = "allow, content-disposition, etag, mcp-session-id, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, \
     www-authenticate, x-request-id";

/// Sets what a route has not set itself.
pub(super) fn secure(headers: &mut HeaderMap) {
    let all = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in all {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.append(header::VARY, HeaderValue::from_static("origin, accept-language"));
}

/// Lets the page of an allowed origin read the response. A page that was let in by `*` never comes with cookies.
pub(super) fn cors(headers: &mut HeaderMap, cors: Cors) {
    let (origin, with_credentials) = match cors {
        Cors::Unsaid => return,
        Cors::Readable(origin) => (origin, false),
        Cors::WithCredentials(origin) => (origin, true),
    };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(SHOWN));
    if with_credentials {
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}

/// Answers what a browser asks before it sends an allowed page's request.
pub(super) fn preflight(asked: &HeaderMap) -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, TAKEN),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
        (header::ALLOW, METHODS),
    ];
    let mut response = (StatusCode::NO_CONTENT, headers).into_response();
    // The browser asks whether a page from the network may reach a private address; the origin rule has answered.
    if asked.contains_key("access-control-request-private-network") {
        let name = HeaderName::from_static("access-control-allow-private-network");
        response.headers_mut().insert(name, HeaderValue::from_static("true"));
    }
    debug_assert!(METHODS.contains(Method::DELETE.as_str()));
    response
}
