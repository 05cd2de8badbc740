//! Who may call from where.
//!
//! Job: what `Host`, `Origin` and `Sec-Fetch-*` say of the page that sends a
//! request, if it is one. Without accounts everybody is the owner, and any page
//! that the owner visits can send requests to loopback, under a name of its
//! own, too: so `Host` must be one of ours (else it is a rebound name), and a
//! page's `Origin` a loopback one or one that the owner listed. With accounts
//! the rule is in `accounts`. Invariant: what is refused here has no effect.

mod accounts;
mod credential;
mod origin;
#[cfg(test)]
mod tests;

use askwell_app::App;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use url::Url;

use self::origin::{Authority, Origin, is_loopback};
use crate::client::Client;
use crate::state::ServerOptions;
use crate::wire::problem::{Code, Problem};

/// The owner's list of names and origins.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    auth: AuthMode,
    hosts: Hosts,
    origins: Vec<Origin>,
    /// What `*` stands for.
    others: Others,
}

/// Names that `Host` may have.
#[derive(Clone, Debug)]
enum Hosts {
    Any,
    /// Beside loopback ones.
    Listed(Vec<Authority>),
}

/// Pages of origins that are not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Others {
    /// May call with a token of their own.
    WithToken,
    Refused,
}

/// A request that may go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pass {
    pub(crate) cors: Cors,
    pub(crate) cookies: Cookies,
}

/// What the page that sent a request may do with the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cors {
    /// There is none, or it needs no permission.
    Unsaid,
    /// The page of this origin reads it.
    Readable(HeaderValue),
    /// The page of this origin reads it, and may have sent cookies with the request.
    WithCredentials(HeaderValue),
}

/// How callers are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthMode {
    /// Not at all: everybody is the local owner. `Host` and `Origin` are checked instead.
    Open,
    /// By what they sign in with. `Host` is checked only where names are listed; what a browser adds to requests
    /// unasked must come from our own page or from a listed origin.
    Accounts,
}

impl AuthMode {
    /// As the application tells them apart.
    pub(crate) fn of(app: &App) -> Self {
        if app.needs_sign_in() { Self::Accounts } else { Self::Open }
    }
}

/// What becomes of cookies, either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookies {
    Kept,
    Dropped,
}

impl Guard {
    /// The rule for these options.
    pub(crate) fn new(options: &ServerOptions, auth: AuthMode) -> Self {
        let public = options.public_url.as_deref().and_then(|url| Url::parse(url).ok());
        let mut hosts: Vec<_> = options.allowed_hosts.iter().filter_map(|text| Authority::parse(text)).collect();
        let unrestricted = auth == AuthMode::Accounts && hosts.is_empty();
        let public_host = public.as_ref().and_then(Url::host);
        hosts.extend(public_host.map(|host| Authority { host: host.to_owned(), port: None }));
        let mut origins: Vec<_> = options.cors_origins.iter().filter_map(|text| Origin::parse(text)).collect();
        origins.extend(public.as_ref().and_then(Origin::of));
        Self {
            auth,
            hosts: if unrestricted { Hosts::Any } else { Hosts::Listed(hosts) },
            origins,
            others: if options.cors_origins.iter().any(|text| text == "*") {
                Others::WithToken
            } else {
                Others::Refused
            },
        }
    }

    /// Whether the request may go on, and how.
    ///
    /// # Errors
    /// `host_not_allowed`, `origin_not_allowed`, `unsupported_media_type`.
    pub(crate) fn check(&self, request: &Request, client: Client) -> Result<Pass, Problem> {
        let host = self.host(request).map_err(|shown| Problem::new(Code::HostNotAllowed).with("host", shown))?;
        match self.auth {
            AuthMode::Open => self.check_open(request, &host),
            AuthMode::Accounts => self.check_accounts(request, &host, client),
        }
    }

    fn check_open(&self, request: &Request, host: &Authority) -> Result<Pass, Problem> {
        let cors = match origin_of(request.headers()) {
            Some(value) => {
                let origin = single_origin(request.headers());
                if !origin.is_some_and(|origin| self.allows(&origin, host)) {
                    return Err(refused(&shown(&value)));
                }
                Cors::Readable(value)
            }
            // Browsers leave `Origin` out where a page only embeds; a person's own navigation is not that.
            None if fetch_site(request) == Some("cross-site") && !navigates(request) => {
                return Err(refused("another site"));
            }
            None => Cors::Unsaid,
        };
        Ok(Pass { cors, cookies: Cookies::Kept })
    }

    /// The host that the request names, where it is one of ours.
    fn host(&self, request: &Request) -> Result<Authority, String> {
        let mut named = request.headers().get_all(header::HOST).iter();
        let (first, more) = (named.next(), named.next());
        let text = first.map(shown);
        let absolute = request.uri().authority().map(|authority| authority.as_str().to_owned());
        let text = text.or_else(|| absolute.clone()).unwrap_or_default();
        let known = |text: &str| {
            let authority = Authority::parse(text)?;
            let listed =
                |own: &Authority| own.host == authority.host && (own.port.is_none() || own.port == authority.port);
            let is_ours = match &self.hosts {
                Hosts::Any => true,
                Hosts::Listed(hosts) => is_loopback(&authority.host) || hosts.iter().any(listed),
            };
            is_ours.then_some(authority)
        };
        match known(&text) {
            Some(host) if more.is_none() && absolute.is_none_or(|absolute| known(&absolute).is_some()) => Ok(host),
            _ => Err(text),
        }
    }

    /// Loopback pages, listed pages, and the server's own.
    fn allows(&self, origin: &Origin, host: &Authority) -> bool {
        let own = origin.host == host.host && host.port.is_none_or(|port| port == origin.port);
        is_loopback(&origin.host) || own || self.origins.contains(origin)
    }
}

fn refused(shown: &str) -> Problem {
    Problem::new(Code::OriginNotAllowed).with("origin", shown)
}

fn shown(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// The request's `Origin`.
fn origin_of(headers: &HeaderMap) -> Option<HeaderValue> {
    headers.get(header::ORIGIN).cloned()
}

/// The request's `Origin`, if it is one, and only one.
fn single_origin(headers: &HeaderMap) -> Option<Origin> {
    let mut all = headers.get_all(header::ORIGIN).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    Origin::parse(only.to_str().ok()?)
}

fn text<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name).map(|value| value.to_str().unwrap_or_default())
}

fn fetch_site(request: &Request) -> Option<&str> {
    text(request, "sec-fetch-site")
}

/// Whether a person goes to the address, as by a link, and not a page in their name.
fn navigates(request: &Request) -> bool {
    text(request, "sec-fetch-mode") == Some("navigate")
        && text(request, "sec-fetch-dest").is_none_or(|destination| destination == "document")
        && matches!(*request.method(), Method::GET | Method::HEAD)
}
