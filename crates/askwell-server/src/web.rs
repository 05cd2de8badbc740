//! The page where people answer, as its build made it.
//!
//! Job: give out the files of [`Page`], and the page itself for every address
//! that is the page's own (`/r/…`, `/history`), so that a link can be opened.
//! Invariant: the page is only ever sent under [`POLICY`]; an address of the
//! API never answers with it. Neighbours: `web/page.rs` holds the files,
//! `middleware/headers.rs` sets what is not said here.

mod encoding;
mod page;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

pub use self::page::Page;
use self::page::Sent;
use crate::state::Server;
use crate::wire::problem::{Code, Problem};

/// Nothing inline, nothing from elsewhere, and markup only through the one policy that the page has for it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types askwell";

/// Whose addresses are never the page's.
const RESERVED: [&str; 6] = ["api", "socket.io", "docs", "metrics", "ready", "readiness"];

/// Where links lead to that people send each other.
const SURE: [&str; 4] = ["g", "login", "r", "setup"];

/// Says how to build what is not there.
const UNBUILT: &str = include_str!("web/unbuilt.html");

/// The page; its description of the API where there is no page.
pub(crate) async fn root(State(server): State<Server>, headers: HeaderMap) -> Response {
    match server.options.page.index() {
        Some(index) => send(&index, &headers, "no-cache"),
        None => (StatusCode::FOUND, [(header::LOCATION, "/docs")]).into_response(),
    }
}

/// What no other route took: a file of the page, an address of the page, or nothing.
pub(crate) async fn elsewhere(
    State(server): State<Server>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let nothing = || Problem::new(Code::RouteNotFound);
    if !matches!(method, Method::GET | Method::HEAD) {
        return Err(nothing());
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = server.options.page.file(path) {
        let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        return Ok(send(&file, &headers, keep));
    }
    if !is_address(path) || !wants_page(path, &headers) {
        return Err(nothing());
    }
    Ok(match server.options.page.index() {
        Some(index) => send(&index, &headers, "no-cache"),
        None => (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], UNBUILT).into_response(),
    })
}

/// Whether the page may be at this path: names with a dot are files, and a file that is missing stays missing.
fn is_address(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    !RESERVED.contains(&first) && !last.contains('.')
}

/// Whoever takes anything gets the page where it surely is: machines that look at links shall not call them dead.
fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = path.split('/').next().unwrap_or_default();
    accept.contains("text/html") || (accept.contains("*/*") && SURE.contains(&first))
}

/// The file in the best form that the caller reads, or word that it has it already.
fn send(file: &Sent<'_>, headers: &HeaderMap, keep: &'static str) -> Response {
    let (encoding, form) = file.form(headers);
    let mut response = if headers.get_all(header::IF_NONE_MATCH).iter().any(|tags| has_tag(tags, &form.tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = form.content.clone().into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type()));
        if let Some(encoding) = encoding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    };
    let set: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static(keep)),
        (header::ETAG, form.tag.clone()),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    response.headers_mut().extend(set);
    response
}

fn has_tag(tags: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(tags), Ok(tag)) = (tags.to_str(), tag.to_str()) else { return false };
    tags.split(',').map(|each| each.trim().trim_start_matches("W/")).any(|each| each == "*" || each == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_addresses_from_files_and_routes() {
        for path in ["r/0190", "history", "play", "r/", "nowhere/at/all", "apis", "docsy"] {
            assert!(is_address(path), "{path}");
        }
        for path in ["api", "api/none", "socket.io/x", "docs/x", "metrics", "ready/x", "readiness", "a.js", "r/x.map"] {
            assert!(!is_address(path), "{path}");
        }
    }

    #[test]
    fn recognises_a_tag_among_several() {
        let tag = HeaderValue::from_static("\"a\"");
        for tags in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(has_tag(&HeaderValue::from_static(tags), &tag), "{tags}");
        }
        for tags in ["", "a", "\"ab\"", "\"b\""] {
            assert!(!has_tag(&HeaderValue::from_static(tags), &tag), "{tags}");
        }
    }
}
