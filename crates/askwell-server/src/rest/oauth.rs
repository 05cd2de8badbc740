//! The way to an identity provider and back: pages of a browser, not calls of a program.

use askwell_app::AppError;
use askwell_app::ports::Return;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::account::{set_login, sign_in};
use crate::identity::{Identity, cookie};
use crate::state::Server;
use crate::wire::params::Params;
use crate::wire::problem::Problem;

/// Go to the identity provider
#[utoipa::path(get, path = "/api/login/oauth", operation_id = "departToProvider", tag = "account",
    params(("return_to" = Option<String>, Query, description = "The address on this server to come back to")),
    responses((status = 302, description = "To the provider, or back to the page with what went wrong")))]
pub(super) async fn depart(
    State(server): State<Server>,
    who: Identity,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, Problem> {
    let return_to = params.text("return_to").filter(|path| is_own(path)).unwrap_or_else(|| "/".to_owned());
    let redirect = redirect_url(&server, &who, &headers);
    Ok(match server.app.depart(&redirect).await {
        Ok(departure) => {
            let mut response = go_to(&departure.url);
            let flow = json!({ "return_to": return_to, "flow": departure.flow }).to_string();
            cookie::set_flow(response.headers_mut(), &flow, &server.options.session_key, who.outside);
            response
        }
        Err(error) => failed(&error),
    })
}

/// Come back from the identity provider
#[utoipa::path(get, path = "/api/login/oauth/callback", operation_id = "arriveFromProvider", tag = "account",
    params(
        ("code" = Option<String>, Query, description = "As the provider gives it"),
        ("state" = Option<String>, Query, description = "As we gave it"),
        ("iss" = Option<String>, Query, description = "RFC 9207"),
        ("error" = Option<String>, Query, description = "As the provider gives it")),
    responses((status = 302, description = "To where one was, signed in; or back to the page with what went wrong")))]
pub(super) async fn arrive(
    State(server): State<Server>,
    who: Identity,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, Problem> {
    let kept = cookie::flow(&headers, &server.options.session_key, who.outside);
    let kept: serde_json::Value = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let flow = kept["flow"].as_str().unwrap_or_default();
    let back = Return {
        code: params.text("code"),
        state: params.text("state"),
        issuer: params.text("iss"),
        error: params.text("error"),
    };
    let redirect = redirect_url(&server, &who, &headers);
    let mut response = match server.app.arrive(&who.caller, &redirect, &back, flow, sign_in(&headers)).await {
        Ok(signed_in) => {
            let return_to = kept["return_to"].as_str().filter(|path| is_own(path)).unwrap_or("/");
            let mut response = go_to(return_to);
            set_login(&mut response, &server, &who, &signed_in);
            response
        }
        Err(error) => failed(&error),
    };
    cookie::remove_flow(response.headers_mut(), who.outside);
    Ok(response)
}

/// An address of this server: nothing that a browser takes for another one.
fn is_own(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/api/")
        && !path.contains(['\\', '\t', '\n', '\r'])
        && path.len() <= 2_000
}

fn redirect_url(server: &Server, who: &Identity, headers: &HeaderMap) -> String {
    format!("{}/api/login/oauth/callback", super::own_url(server, who, headers))
}

fn failed(error: &AppError) -> Response {
    tracing::info!(%error, "a sign-in by the identity provider failed");
    go_to(match error {
        AppError::NotInvited => "/login?error=not_invited",
        AppError::Unauthenticated => "/login?error=sign_in_refused",
        _ => "/login?error=provider_unavailable",
    })
}

fn go_to(url: &str) -> Response {
    match HeaderValue::from_str(url) {
        Ok(url) => (StatusCode::FOUND, [(header::LOCATION, url)]).into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_are_come_back_to() {
        for good in ["/", "/r/1?x=y#z", "/history"] {
            assert!(is_own(good), "{good}");
        }
        for bad in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/api/logout", "/\t/evil.example"]
        {
            assert!(!is_own(bad), "{bad}");
        }
    }
}
