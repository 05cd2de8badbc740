//! The header matrix: what sends a request, from where, with what.

use std::net::{IpAddr, Ipv4Addr};

use axum::body::Body;

use super::*;
use crate::middleware::guard::AuthMode;
use crate::state::ServerOptions;

/// What is expected of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// Goes on with its cookies; no page needs a permission to read the answer.
    Goes,
    /// Goes on without cookies.
    GoesBare,
    /// Goes on with its cookies; the page may read the answer.
    Credentialed,
    /// Goes on without cookies; the listed page may read the answer.
    CredentialedBare,
    /// Goes on without cookies; the other page may read the answer.
    Readable,
    Origin403,
    Type415,
    Host403,
}

use Then::{Credentialed, CredentialedBare, Goes, GoesBare, Host403, Origin403, Readable, Type415};

const LISTED: &str = "https://listed.example";
const PUBLIC: &str = "https://public.example";
const OWN: &str = "https://ask.example";
const SIBLING: &str = "https://other.ask.example";
const EVIL: &str = "https://evil.example";

type Headers<'a> = &'a [(&'a str, &'a str)];

const COOKIE: (&str, &str) = ("cookie", "__Host-askwell=x");
const BASIC: (&str, &str) = ("authorization", "Basic YTpi");
const BEARER: (&str, &str) = ("authorization", "Bearer ask_x");
const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const FILES: (&str, &str) = ("content-type", "multipart/form-data; boundary=x");
const TEXT: (&str, &str) = ("content-type", "text/plain;charset=UTF-8");
const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");
const NEAR: (&str, &str) = ("sec-fetch-site", "same-site");
const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");
const TYPED: (&str, &str) = ("sec-fetch-site", "none");
const NAVIGATE: (&str, &str) = ("sec-fetch-mode", "navigate");
const DOCUMENT: (&str, &str) = ("sec-fetch-dest", "document");
const FRAME: (&str, &str) = ("sec-fetch-dest", "iframe");
const EMBED: (&str, &str) = ("sec-fetch-mode", "no-cors");
const ASKS_POST: (&str, &str) = ("access-control-request-method", "POST");
const ASKS_GET: (&str, &str) = ("access-control-request-method", "GET");
const ASKS_TOKEN: (&str, &str) = ("access-control-request-headers", "content-type,Authorization");
const ASKS_TYPE: (&str, &str) = ("access-control-request-headers", "content-type");
const UPGRADE: (&str, &str) = ("upgrade", "websocket");

const API: &str = "/api/sessions";
const SOCKET: &str = "/socket.io/?EIO=4&transport=websocket";

fn from(origin: &'static str) -> (&'static str, &'static str) {
    ("origin", origin)
}

fn options(star: Others) -> ServerOptions {
    let star = (star == Others::WithToken).then(|| "*".to_owned());
    ServerOptions {
        cors_origins: star.into_iter().chain([LISTED.to_owned()]).collect(),
        public_url: Some(PUBLIC.to_owned()),
        ..ServerOptions::default()
    }
}

/// To `ask.example`, over TLS, unless the headers name another host. A POST brings a body if it brings its type.
fn judge(options: &ServerOptions, method: &str, path: &str, headers: Headers<'_>) -> Then {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "ask.example");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let has_body = headers.iter().any(|(name, _)| *name == "content-type");
    let body = if has_body { Body::from("{}") } else { Body::empty() };
    let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), is_tls: true };
    match Guard::new(options, AuthMode::Accounts).check(&request.body(body).unwrap(), client) {
        Ok(Pass { cors: Cors::Unsaid, cookies: Cookies::Kept }) => Goes,
        Ok(Pass { cors: Cors::Unsaid, cookies: Cookies::Dropped }) => GoesBare,
        Ok(Pass { cors: Cors::WithCredentials(_), cookies: Cookies::Kept }) => Credentialed,
        Ok(Pass { cors: Cors::WithCredentials(_), cookies: Cookies::Dropped }) => CredentialedBare,
        Ok(Pass { cors: Cors::Readable(_), cookies: Cookies::Dropped }) => Readable,
        Ok(pass) => panic!("{pass:?}: cookies of a page that is not listed"),
        Err(problem) => match problem.code() {
            Code::OriginNotAllowed => Origin403,
            Code::UnsupportedMediaType => Type415,
            Code::HostNotAllowed => Host403,
            other => panic!("{other:?}"),
        },
    }
}

#[test]
fn without_and_with_star() {
    // What is expected without `*`, and with it.
    let table: &[(&str, &str, Headers<'_>, Then, Then)] = &[
        // Programs.
        ("GET", API, &[], Goes, Goes),
        ("POST", API, &[JSON], Goes, Goes),
        ("POST", API, &[BEARER, JSON], GoesBare, GoesBare),
        ("POST", API, &[BEARER, COOKIE, FORM], GoesBare, GoesBare),
        ("POST", API, &[BASIC, JSON], GoesBare, GoesBare),
        ("GET", API, &[BASIC, COOKIE], GoesBare, GoesBare),
        ("GET", API, &[COOKIE], Goes, Goes),
        ("POST", API, &[COOKIE, JSON], Goes, Goes),
        ("DELETE", API, &[COOKIE], Goes, Goes),
        ("GET", SOCKET, &[BEARER, UPGRADE], GoesBare, GoesBare),
        // A person who typed the address or followed a link.
        ("GET", "/r/1", &[COOKIE, TYPED, NAVIGATE, DOCUMENT], Goes, Goes),
        ("GET", "/r/1", &[COOKIE, CROSS, NAVIGATE, DOCUMENT], Goes, Goes),
        ("GET", "/r/1", &[COOKIE, NEAR, NAVIGATE, DOCUMENT], Goes, Goes),
        ("HEAD", "/r/1", &[COOKIE, CROSS, NAVIGATE], Goes, Goes),
        ("GET", "/api/login/oauth/callback", &[CROSS, NAVIGATE, DOCUMENT], Goes, Goes),
        // Our own page.
        ("GET", API, &[COOKIE, SAME], Goes, Goes),
        ("GET", API, &[COOKIE, SAME, from(OWN)], Goes, Goes),
        ("GET", API, &[COOKIE, SAME, EMBED], Goes, Goes),
        ("POST", API, &[COOKIE, SAME, from(OWN), JSON], Goes, Goes),
        ("POST", API, &[COOKIE, from(OWN), JSON], Goes, Goes),
        ("PUT", API, &[COOKIE, SAME, from(OWN), ("content-type", "application/merge-patch+json")], Goes, Goes),
        ("POST", API, &[COOKIE, SAME, from(OWN), FILES], Goes, Goes),
        ("POST", API, &[COOKIE, SAME, from(OWN)], Goes, Goes),
        ("POST", "/api/login", &[SAME, from(OWN), JSON], Goes, Goes),
        ("POST", "/socket.io/?EIO=4&transport=polling&sid=x", &[COOKIE, SAME, from(OWN), TEXT], Goes, Goes),
        ("GET", SOCKET, &[COOKIE, SAME, from(OWN), UPGRADE], Goes, Goes),
        ("GET", API, &[BASIC, SAME], GoesBare, GoesBare),
        // What forms of any page can send is not taken with a cookie, even from our own.
        ("POST", API, &[COOKIE, SAME, from(OWN), FORM], Type415, Type415),
        ("POST", API, &[COOKIE, SAME, from(OWN), TEXT], Type415, Type415),
        ("POST", API, &[COOKIE, FORM], Type415, Type415),
        ("PATCH", API, &[COOKIE, SAME, from(OWN), ("content-type", "application/jsonx")], Type415, Type415),
        // Almost our own: another scheme, port or name; the browser says otherwise; two at once.
        ("GET", API, &[COOKIE, from("http://ask.example")], Origin403, Origin403),
        ("POST", API, &[COOKIE, from("https://ask.example:8443"), JSON], Origin403, Origin403),
        ("POST", API, &[COOKIE, from("https://ask.example.evil.example"), JSON], Origin403, Origin403),
        ("POST", API, &[COOKIE, CROSS, from(OWN), JSON], Origin403, Origin403),
        ("POST", API, &[COOKIE, NEAR, from(OWN), JSON], Origin403, Origin403),
        ("POST", API, &[COOKIE, from(OWN), from(EVIL), JSON], Origin403, Origin403),
        ("POST", API, &[BEARER, from(OWN), from(EVIL), JSON], Origin403, Origin403),
        ("POST", API, &[COOKIE, from("null"), JSON], Origin403, Origin403),
        ("POST", API, &[COOKIE, ("sec-fetch-site", "nonsense"), JSON], Origin403, Origin403),
        ("POST", API, &[COOKIE, from("http://localhost:3000"), JSON], Origin403, Origin403),
        // Listed pages, and the public address.
        ("GET", API, &[COOKIE, from(LISTED), CROSS], Credentialed, Credentialed),
        ("POST", API, &[COOKIE, from(LISTED), NEAR, JSON], Credentialed, Credentialed),
        ("POST", API, &[COOKIE, from(LISTED), FORM], Type415, Type415),
        ("POST", API, &[COOKIE, from(PUBLIC), JSON], Credentialed, Credentialed),
        ("POST", API, &[BASIC, from(LISTED), JSON], CredentialedBare, CredentialedBare),
        ("POST", API, &[BEARER, COOKIE, from(LISTED), JSON], CredentialedBare, CredentialedBare),
        ("POST", "/api/login", &[from(LISTED), JSON], Credentialed, Credentialed),
        ("OPTIONS", API, &[from(LISTED), ASKS_POST, ASKS_TYPE], Credentialed, Credentialed),
        ("GET", SOCKET, &[COOKIE, from(LISTED), UPGRADE], Credentialed, Credentialed),
        ("GET", API, &[COOKIE, from("http://listed.example")], Origin403, Origin403),
        // Other pages, with what a browser adds unasked: never.
        ("GET", API, &[COOKIE, from(EVIL), CROSS], Origin403, Origin403),
        ("GET", API, &[COOKIE, from(SIBLING), NEAR], Origin403, Origin403),
        ("GET", API, &[BASIC, from(EVIL), CROSS], Origin403, Origin403),
        ("POST", API, &[COOKIE, from(EVIL), JSON], Origin403, Origin403),
        ("POST", API, &[COOKIE, from(SIBLING), FILES], Origin403, Origin403),
        ("POST", API, &[BASIC, from(SIBLING), JSON], Origin403, Origin403),
        ("GET", SOCKET, &[COOKIE, from(EVIL), UPGRADE], Origin403, Origin403),
        ("GET", SOCKET, &[COOKIE, from(SIBLING), NEAR, UPGRADE], Origin403, Origin403),
        ("GET", "/socket.io/?EIO=4&transport=polling", &[COOKIE, from(EVIL)], Origin403, Origin403),
        ("POST", "/socket.io/?EIO=4&transport=polling&sid=x", &[COOKIE, from(EVIL), TEXT], Origin403, Origin403),
        ("POST", API, &[COOKIE, CROSS, NAVIGATE, DOCUMENT, FORM, from(EVIL)], Origin403, Origin403),
        // Embedded, without an origin.
        ("GET", "/api/files/1", &[COOKIE, NEAR, EMBED], Origin403, Origin403),
        ("GET", "/api/files/1", &[CROSS, EMBED], Origin403, Origin403),
        ("GET", "/r/1", &[COOKIE, CROSS, NAVIGATE, FRAME], Origin403, Origin403),
        // Other pages, with a token of their own.
        ("GET", API, &[BEARER, from(EVIL), CROSS], Origin403, Readable),
        ("POST", API, &[BEARER, from(EVIL), JSON], Origin403, Readable),
        ("POST", API, &[BEARER, COOKIE, from(SIBLING), NEAR, JSON], Origin403, Readable),
        ("DELETE", API, &[BEARER, from("null")], Origin403, Readable),
        ("GET", SOCKET, &[BEARER, from(EVIL), UPGRADE], Origin403, Readable),
        // Other pages, with nothing: they may look, and open a socket that brings its token later.
        ("GET", "/api/health", &[from(EVIL), CROSS], Origin403, Readable),
        ("GET", SOCKET, &[from(EVIL), UPGRADE], Origin403, Readable),
        ("POST", "/socket.io/?EIO=4&transport=polling&sid=x", &[from(EVIL), TEXT], Origin403, Readable),
        ("POST", "/api/login", &[from(EVIL), JSON], Origin403, Origin403),
        ("POST", "/api/guest", &[from(SIBLING), NEAR, JSON], Origin403, Origin403),
        ("POST", "/api/logout", &[from(EVIL)], Origin403, Origin403),
        // What a browser asks beforehand.
        ("OPTIONS", API, &[from(EVIL), ASKS_POST, ASKS_TOKEN], Origin403, Readable),
        ("OPTIONS", API, &[from(EVIL), ASKS_POST, ASKS_TYPE], Origin403, Origin403),
        ("OPTIONS", API, &[from(EVIL), ASKS_POST], Origin403, Origin403),
        ("OPTIONS", API, &[from(EVIL), ASKS_GET, ASKS_TYPE], Origin403, Readable),
        ("OPTIONS", "/socket.io/", &[from(EVIL), ASKS_POST, ASKS_TYPE], Origin403, Readable),
    ];
    assert!(table.len() >= 60);
    for (method, path, headers, without, with) in table {
        let verdict = judge(&options(Others::Refused), method, path, headers);
        assert_eq!(verdict, *without, "without *: {method} {path} {headers:?}");
        let verdict = judge(&options(Others::WithToken), method, path, headers);
        assert_eq!(verdict, *with, "with *: {method} {path} {headers:?}");
    }
}

#[test]
fn any_name_is_served_unless_names_are_listed() {
    let listed = ServerOptions { allowed_hosts: vec!["ask.example".to_owned()], ..options(Others::Refused) };
    let table: [(Headers<'_>, Then, Then); 8] = [
        (&[("host", "ask.example")], Goes, Goes),
        (&[("host", "ask.example:8096")], Goes, Goes),
        (&[("host", "public.example")], Goes, Goes),
        (&[("host", "localhost:8096")], Goes, Goes),
        (&[("host", "elsewhere.example")], Goes, Host403),
        (&[("host", "10.1.2.3:8096")], Goes, Host403),
        (&[("host", "ask.example"), ("host", "elsewhere.example")], Host403, Host403),
        (&[("host", "a/b")], Host403, Host403),
    ];
    for (headers, any, only) in table {
        assert_eq!(judge(&options(Others::Refused), "GET", API, headers), any, "{headers:?}");
        assert_eq!(judge(&listed, "GET", API, headers), only, "{headers:?}");
    }
}

#[test]
fn a_port_belongs_to_the_origin() {
    for (host, origin, then) in [
        ("ask.example:8096", "https://ask.example:8096", Goes),
        ("ask.example:443", "https://ask.example", Goes),
        ("ask.example:8096", "https://ask.example", Origin403),
        ("ask.example", "https://ask.example:8096", Origin403),
        ("[2001:db8::1]:8096", "https://[2001:db8::1]:8096", Goes),
    ] {
        let headers = [("host", host), ("origin", origin), COOKIE, JSON];
        assert_eq!(judge(&options(Others::WithToken), "POST", API, &headers), then, "{host} {origin}");
    }
}

#[test]
fn in_the_clear_both_schemes_may_be_our_own() {
    // A proxy that nobody told us to trust may have taken the TLS off.
    let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), is_tls: false };
    for origin in ["http://ask.example", "https://ask.example"] {
        let host = if origin.starts_with("https") { "ask.example:443" } else { "ask.example" };
        let request = Request::builder().uri(API).header("host", host).header("origin", origin);
        let verdict = Guard::new(&options(Others::Refused), AuthMode::Accounts)
            .check(&request.body(Body::empty()).unwrap(), client);
        assert!(verdict.is_ok(), "{origin}");
    }
}
