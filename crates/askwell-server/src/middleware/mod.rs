//! What happens to every request before and after its handler.
//!
//! Job: one layer, read from top to bottom in [`around`]: name the request, ask
//! who may call from where, run the handler, write a problem if there is one,
//! set the headers, log and count. Invariant: no response leaves without a
//! request id and the security headers, a panic included. Neighbours: `guard`
//! decides about `Host`, `Origin` and cookies, `client` about addresses; `wire/problem.rs` writes bodies.

mod guard;
mod headers;
mod observe;
mod unread;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use askwell_app::App;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;

use self::guard::Cookies;
pub(crate) use self::guard::{AuthMode, Guard};
use self::observe::Observed;
use crate::client::Client;
use crate::identity::cookie::Outside;
use crate::identity::{self, Asker, Coming};
use crate::locale::Locale;
use crate::state::ServerOptions;
use crate::wire::problem::{Code, Place, Problem};
use crate::wire::system;

/// What the layer needs.
#[derive(Clone, Debug)]
pub(crate) struct Around {
    pub(crate) guard: Arc<Guard>,
    pub(crate) options: Arc<ServerOptions>,
    pub(crate) app: App,
}

/// All that surrounds a handler.
pub(crate) async fn around(State(layer): State<Around>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let options = &layer.options;
    let request_id = observe::request_id(request.headers());
    let accept = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let locale = Locale::negotiate(accept, options.default_locale);
    let client = Client::of(&request, &options.trusted_proxies);
    request.extensions_mut().insert(client);
    let seen = Observed::of(&request, client);
    let asked = Asked::of(&request);
    let for_clients =
        crate::mcp::is_path(request.uri().path()).then(|| options.own_url(Outside::from(client), request.headers()));
    let asker = if request.headers().contains_key("sec-fetch-mode") { Asker::Page } else { Asker::Program };

    let body_read = unread::watch(&mut request);
    let verdict = layer.guard.check(&request, client);
    let pass = verdict.as_ref().ok().cloned();
    let drops_cookies = pass.as_ref().is_some_and(|pass| pass.cookies == Cookies::Dropped);
    if drops_cookies {
        request.headers_mut().remove(header::COOKIE);
    }
    // Only now, so that nobody is known by a cookie that does not count.
    let coming = Coming::of(&request, client, locale, &request_id);
    let mut response = match verdict {
        Err(problem) => {
            unread::drain(request).await;
            problem.into_response()
        }
        Ok(_) if asked.is_preflight => headers::preflight(request.headers()),
        // Boxed: who it is is known long before a parked handler is done.
        Ok(_) => match Box::pin(coming.identify(&layer.app)).await {
            Err(problem) => {
                unread::drain(request).await;
                problem.into_response()
            }
            Ok(who) => {
                request.extensions_mut().insert(who);
                // The handler's own future is boxed by the router, so this one stays small while it is parked.
                match AssertUnwindSafe(next.run(request)).catch_unwind().await {
                    Ok(response) => asked.settle(response),
                    Err(panic) => Problem::new(Code::Internal).logged(observe::panic_text(&*panic)).into_response(),
                }
            }
        },
    };

    let problem = response.extensions_mut().remove::<Arc<Problem>>();
    if let Some(problem) = &problem {
        let status = options.original_status_codes.then(|| asked.original_status(problem.code())).flatten();
        let place = Place { locale, request_id: &request_id, base_url: options.base_url(), status };
        let written = if asked.is_originals() { system::failure(problem, &place) } else { problem.write(&place) };
        response = keep_allow(response.headers(), written);
        problem.set_headers(response.headers_mut());
    }
    if response.status() == StatusCode::UNAUTHORIZED {
        match &for_clients {
            Some(base) => identity::challenge_client(base, response.headers_mut()),
            None => identity::challenge(&layer.app, asker, response.headers_mut()),
        }
    }
    if body_read.is_some_and(|read| !read.load(Ordering::Acquire)) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    headers::secure(response.headers_mut());
    if drops_cookies {
        response.headers_mut().remove(header::SET_COOKIE);
    }
    if let Some(pass) = pass {
        headers::cors(response.headers_mut(), pass.cors);
    }
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(headers::REQUEST_ID, value);
    }
    seen.report(&request_id, response.status(), problem.as_deref(), started.elapsed());
    response
}

/// A 405 keeps the `Allow` that the router found.
fn keep_allow(before: &HeaderMap, mut after: Response) -> Response {
    if let Some(allow) = before.get(header::ALLOW) {
        after.headers_mut().insert(header::ALLOW, allow.clone());
    }
    after
}

/// What must be known of a request after its handler has consumed it.
struct Asked {
    method: Method,
    route: Option<MatchedPath>,
    is_preflight: bool,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let method = request.method().clone();
        let is_preflight =
            method == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        Self { method, route: request.extensions().get::<MatchedPath>().cloned(), is_preflight }
    }

    /// The router knows what a path takes: a plain `OPTIONS` asks for just that, anything else is a problem.
    fn settle(&self, response: Response) -> Response {
        if response.status() != StatusCode::METHOD_NOT_ALLOWED {
            return response;
        }
        let mut settled = if self.method == Method::OPTIONS {
            StatusCode::NO_CONTENT.into_response()
        } else {
            Problem::new(Code::MethodNotAllowed).with("method", &self.method).into_response()
        };
        if let Some(allow) = response.headers().get(header::ALLOW) {
            settled.headers_mut().insert(header::ALLOW, allow.clone());
        }
        settled
    }

    /// Whether failures are written as the second original writes them.
    fn is_originals(&self) -> bool {
        self.route.as_ref().is_some_and(|route| system::is_route(route.as_str()))
    }

    /// Where the original answered 400.
    fn original_status(&self, code: Code) -> Option<StatusCode> {
        const ROUTES: [&str; 3] =
            ["/api/sessions", "/api/sessions/{session_id}/respond", "/api/sessions/{session_id}/cancel"];
        let route = self.route.as_ref().map(MatchedPath::as_str)?;
        let applies = self.method == Method::POST && ROUTES.contains(&route);
        (applies && matches!(code.status().as_u16(), 404 | 409 | 410 | 422)).then_some(StatusCode::BAD_REQUEST)
    }
}
