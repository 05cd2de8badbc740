//! How a client gets a token for this endpoint (RFC 9728).

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::PATH;
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::json;
use crate::wire::problem::{Code, Problem};

/// The endpoint as a protected resource; nothing where nobody must say who they are.
pub(super) async fn show(State(server): State<Server>, who: Identity, headers: HeaderMap) -> Result<Response, Problem> {
    if !server.app.needs_sign_in() {
        return Err(Problem::new(Code::RouteNotFound));
    }
    let options = &server.options;
    let base = options.own_url(who.outside, &headers);
    let resource = options.mcp.resource.clone().unwrap_or_else(|| format!("{base}{PATH}"));
    let mut body = json!({
        "resource": resource,
        "resource_name": "Askwell",
        "scopes_supported": ["create", "read"],
        "bearer_methods_supported": ["header"],
        "resource_documentation": format!("{base}/docs"),
    });
    // Where there is none, tokens are Askwell's own, which its page gives out.
    if !options.mcp.authorization_servers.is_empty() {
        body["authorization_servers"] = json!(options.mcp.authorization_servers);
    }
    Ok(json(&body))
}
