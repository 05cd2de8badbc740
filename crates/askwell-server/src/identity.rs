//! Request → [`Caller`].
//!
//! Job: find what a request shows, have it looked at, and put who calls beside
//! the request. Invariant: where people must sign in, a request that shows
//! nothing good goes on as nobody, and only routes that are open to everybody
//! are reached by nobody. Neighbours: `middleware` asks before the handler; `askwell_app` decides who is let in and what they may do.

pub(crate) mod cookie;
mod shown;

use askwell_app::{App, AppError, Caller, Channel, Way};
use askwell_core::access::Principal;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};

use self::cookie::Outside;
use self::shown::Shown;
pub(crate) use self::shown::{Authorization, bearer};
use crate::client::Client;
use crate::locale::Locale;
use crate::wire::problem::{Code, Problem};

/// Paths that may be reached by nobody, and the methods.
const OPEN: [(&str, &[Method]); 11] = [
    ("/api/health", &[Method::GET, Method::HEAD]),
    ("/ready", &[Method::GET, Method::HEAD]),
    ("/readiness", &[Method::GET, Method::HEAD]),
    ("/api/me", &[Method::GET, Method::HEAD]),
    ("/api/login", &[Method::POST]),
    ("/api/logout", &[Method::POST]),
    ("/api/login/oauth", &[Method::GET]),
    ("/api/login/oauth/callback", &[Method::GET]),
    ("/api/setup", &[Method::POST]),
    ("/api/guest", &[Method::POST]),
    ("/api/openapi.json", &[Method::GET, Method::HEAD]),
];

/// Who calls, put beside the request by `middleware`.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// The first argument of every use case.
    pub(crate) caller: Caller,
    /// The language of texts.
    pub(crate) locale: Locale,
    /// Whether the outside is TLS.
    pub(crate) outside: Outside,
}

/// What of a request tells who sends it.
pub(crate) struct Coming {
    caller: Caller,
    locale: Locale,
    outside: Outside,
    shown: Option<Shown>,
    door: Door,
}

/// Whether nobody may come in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    /// Everybody may: it is no part of the API, and nothing is looked at.
    Elsewhere,
    /// Everybody may.
    Open,
    /// Whoever comes may still show who they are once they are connected.
    Later,
    /// Nobody may not.
    Guarded,
    /// Nobody may not, and only a bearer token says who somebody is: what a browser adds by itself does not count.
    Bearer,
}

impl Door {
    fn is_guarded(self) -> bool {
        matches!(self, Self::Guarded | Self::Bearer)
    }
}

impl Coming {
    /// Of this request.
    pub(crate) fn of(request: &Request, client: Client, locale: Locale, request_id: &str) -> Self {
        let mut caller = Caller::local(Channel::Rest, locale.as_str(), request_id);
        caller.address = Some(client.address);
        let path = request.uri().path();
        let is_open = |(open, methods): &(&str, &[Method])| *open == path && methods.contains(request.method());
        let door = if crate::socketio::is_path(path) {
            Door::Later
        } else if crate::mcp::is_path(path) {
            Door::Bearer
        } else if OPEN.iter().any(is_open) {
            Door::Open
        } else if path == "/api" || path.starts_with("/api/") || path == "/metrics" {
            Door::Guarded
        } else {
            Door::Elsewhere
        };
        let outside = Outside::from(client);
        let shown = match door {
            Door::Bearer => Shown::bearer_of(request.headers()),
            _ => Shown::of(request.headers(), outside),
        };
        Self { caller, locale, outside, shown, door }
    }

    /// Tells who it is.
    ///
    /// # Errors
    /// `unauthenticated` where somebody must sign in and has not; `too_many_requests`; `unavailable`.
    pub(crate) async fn identify(self, app: &App) -> Result<Identity, Problem> {
        let Self { mut caller, locale, outside, shown, door } = self;
        if app.needs_sign_in() {
            caller.principal = Principal::Nobody;
            if let Some(shown) = shown.filter(|_| door != Door::Elsewhere) {
                match app.admit(&caller, shown.presented()).await {
                    Ok(admitted) => {
                        caller.principal = admitted.principal.clone();
                        caller.credential = Some(admitted.credential.clone());
                    }
                    // A cookie that is over must not keep anybody from signing in again.
                    Err(AppError::Unauthenticated) if !door.is_guarded() => {}
                    Err(error) => return Err(error.into()),
                }
            }
            if caller.principal == Principal::Nobody && door.is_guarded() {
                return Err(Problem::new(Code::Unauthenticated));
            }
        }
        Ok(Identity { caller, locale, outside })
    }
}

/// What asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// A script in a page, or the page itself.
    Page,
    /// Anything else.
    Program,
}

/// Says how one can sign in. Not to pages: the browser would ask in a window of its own.
pub(crate) fn challenge(app: &App, asker: Asker, answer: &mut HeaderMap) {
    answer.append(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"askwell\""));
    if app.has_way(Way::Basic) && asker == Asker::Program {
        let basic = HeaderValue::from_static("Basic realm=\"askwell\", charset=\"UTF-8\"");
        answer.append(header::WWW_AUTHENTICATE, basic);
    }
}

/// Says to a client of the Model Context Protocol where it learns how to get a token.
pub(crate) fn challenge_client(base: &str, answer: &mut HeaderMap) {
    let challenge = format!("Bearer realm=\"askwell\", resource_metadata=\"{base}{RESOURCE_METADATA}\"");
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        answer.append(header::WWW_AUTHENTICATE, challenge);
    }
}

/// Where clients of the Model Context Protocol learn how to get a token, below an address of ours.
pub(crate) const RESOURCE_METADATA: &str = "/.well-known/oauth-protected-resource/mcp";

/// What is said to a client of that protocol whose token does not reach far enough.
pub(crate) fn insufficient_scope(base: &str) -> String {
    format!(
        "Bearer realm=\"askwell\", error=\"insufficient_scope\", scope=\"create\", \
         resource_metadata=\"{base}{RESOURCE_METADATA}\""
    )
}

impl<S: Sync> FromRequestParts<S> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let missing = || Problem::new(Code::Internal).logged("a route outside the middleware".to_owned());
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}
