//! The API's own description, and a page to read it.
//!
//! The page shows nothing that users wrote, loads nothing from elsewhere and
//! evaluates nothing; its policy says so.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;

use crate::openapi;
use crate::state::Server;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The description and its page; not described themselves.
pub(super) fn routes() -> OpenApiRouter<Server> {
    let asset = |content_type: &'static str, text: &'static str| get(move || async move { file(content_type, text) });
    let page = || asset("text/html; charset=utf-8", include_str!("../docs/index.html"));
    let routes = Router::new()
        .route("/docs", page())
        .route("/docs/", get(|| async { Redirect::permanent("/docs") }))
        .route("/docs/errors", page())
        .route("/docs/docs.css", asset("text/css; charset=utf-8", include_str!("../docs/docs.css")))
        .route("/docs/docs.js", asset("text/javascript; charset=utf-8", include_str!("../docs/docs.js")))
        .route("/api/openapi.json", get(description));
    OpenApiRouter::from(routes)
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

async fn description() -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], openapi::text()).into_response()
}
