//! Who may call from where, with accounts.
//!
//! A browser adds cookies and remembered passwords to requests of any page. So
//! what a page sends with them must come from our own page or from a listed
//! origin, be it a read, a change, a handshake or an upgrade. A token is sent
//! by whoever knows it: pages of other origins may use one where the owner says
//! `*`, and then cookies are dropped in both directions. A person who follows a
//! link is no page.

use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, header};

use super::credential::Credential;
use super::origin::{Authority, Origin};
use super::{
    Cookies, Cors, Guard, Others, Pass, fetch_site, navigates, origin_of, refused, shown, single_origin, text,
};
use crate::client::Client;
use crate::wire::problem::{Code, Problem};

#[cfg(test)]
mod tests;

/// What sends a request.
enum Sender {
    /// No page: a program, or a person who typed the address or followed a link.
    NoPage,
    /// Our own page, under the name that the request names.
    OwnPage,
    /// The page of a listed origin.
    Listed(HeaderValue),
    /// The page of another origin, where it says which.
    Other(Option<HeaderValue>),
}

impl Guard {
    pub(super) fn check_accounts(&self, request: &Request, host: &Authority, client: Client) -> Result<Pass, Problem> {
        let credential = Credential::of(request.headers());
        let cors = match self.sender(request, host, client) {
            Sender::NoPage | Sender::OwnPage => Cors::Unsaid,
            Sender::Listed(origin) => Cors::WithCredentials(origin),
            Sender::Other(Some(origin)) if self.takes_other(request, credential) => {
                return Ok(Pass { cors: Cors::Readable(origin), cookies: Cookies::Dropped });
            }
            Sender::Other(origin) => {
                return Err(refused(&origin.as_ref().map_or_else(|| "another site".to_owned(), shown)));
            }
        };
        match credential {
            Credential::Cookie if changes(request) && !has_our_type(request) => {
                let expected = "application/json, multipart/form-data";
                Err(Problem::new(Code::UnsupportedMediaType).with("expected", expected))
            }
            Credential::Cookie | Credential::Nothing => Ok(Pass { cors, cookies: Cookies::Kept }),
            Credential::Bearer | Credential::Remembered => Ok(Pass { cors, cookies: Cookies::Dropped }),
        }
    }

    fn sender(&self, request: &Request, host: &Authority, client: Client) -> Sender {
        let site = fetch_site(request);
        let same_site = site.is_none_or(|site| matches!(site, "same-origin" | "none"));
        let Some(value) = origin_of(request.headers()) else {
            return match site {
                _ if navigates(request) => Sender::NoPage,
                Some("same-origin") => Sender::OwnPage,
                None | Some("none") => Sender::NoPage,
                Some(_) => Sender::Other(None),
            };
        };
        match single_origin(request.headers()) {
            Some(origin) if self.origins.contains(&origin) => Sender::Listed(value),
            Some(origin) if same_site && is_own(&origin, host, client) => Sender::OwnPage,
            _ if request.headers().get_all(header::ORIGIN).iter().count() > 1 => Sender::Other(None),
            _ => Sender::Other(Some(value)),
        }
    }

    /// Whether the page of an origin that is not listed may send this.
    fn takes_other(&self, request: &Request, credential: Credential) -> bool {
        let is_socket = crate::socketio::is_path(request.uri().path());
        let with_token = match credential {
            Credential::Bearer => true,
            // A browser may have added it without its person's knowing.
            Credential::Remembered | Credential::Cookie => false,
            // A socket brings its token later, in its first packet.
            Credential::Nothing => is_socket || !changes(request) && !announces_change(request),
        };
        self.others == Others::WithToken && with_token
    }
}

/// Cookies do not tell ports apart, so this must. A page that came in the clear does not speak for one that came over
/// TLS.
fn is_own(origin: &Origin, host: &Authority, client: Client) -> bool {
    let default = if origin.scheme == "https" { 443 } else { 80 };
    origin.host == host.host
        && host.port.unwrap_or(default) == origin.port
        && (origin.scheme == "https" || !client.is_tls)
}

fn changes(request: &Request) -> bool {
    !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a browser asks beforehand about a change without a token.
fn announces_change(request: &Request) -> bool {
    let method = text(request, "access-control-request-method");
    let names = text(request, "access-control-request-headers").unwrap_or_default();
    let brings_token = names.split(',').any(|name| name.trim().eq_ignore_ascii_case("authorization"));
    *request.method() == Method::OPTIONS
        && method.is_some_and(|method| !matches!(method, "GET" | "HEAD"))
        && !brings_token
}

/// Whether the body is of a type that forms of other pages cannot send, or that brings files. Socket.IO sends text.
fn has_our_type(request: &Request) -> bool {
    let Some(value) = text(request, "content-type") else { return request.body().is_end_stream() };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
        || essence == "multipart/form-data"
        || crate::socketio::is_path(request.uri().path())
}
