//! Who may call from where, as long as nobody has to say who they are.
//!
//! Any page that the operator visits can send requests to loopback, and a name
//! of the page's own can be made to point there. So `Host` must be one of ours
//! (else it is a rebound name), and a page's `Origin` a loopback one or one that
//! the owner listed. `Sec-Fetch-Site` covers what browsers send without `Origin`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use url::{Host, Url};

use crate::state::{AuthMode, ServerOptions};
use crate::wire::problem::{Code, Problem};

/// The owner's list of names and origins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard {
    hosts: Vec<Authority>,
    origins: Vec<Origin>,
}

/// A host, and the port if it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Authority {
    host: Host,
    port: Option<u16>,
}

/// Scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: Host,
    port: u16,
}

impl Guard {
    /// The rule for these options.
    pub(crate) fn new(options: &ServerOptions) -> Self {
        let AuthMode::Open = options.auth;
        let public = options.public_url.as_deref().and_then(|url| Url::parse(url).ok());
        let mut hosts: Vec<_> = options.allowed_hosts.iter().filter_map(|text| Authority::parse(text)).collect();
        hosts.extend(public.as_ref().and_then(Url::host).map(|host| Authority { host: host.to_owned(), port: None }));
        let mut origins: Vec<_> = options.cors_origins.iter().filter_map(|text| Origin::parse(text)).collect();
        origins.extend(public.as_ref().and_then(Origin::of));
        Self { hosts, origins }
    }

    /// Whether the request may go on.
    ///
    /// # Errors
    /// `host_not_allowed`, `origin_not_allowed`.
    pub(crate) fn check(&self, request: &Request) -> Result<(), Problem> {
        let host = self.host(request).map_err(|shown| Problem::new(Code::HostNotAllowed).with("host", shown))?;
        let refused = |shown: &str| Err(Problem::new(Code::OriginNotAllowed).with("origin", shown));
        match origin_of(request.headers()) {
            Some(origin) => {
                let shown = String::from_utf8_lossy(origin.as_bytes()).into_owned();
                let one = request.headers().get_all(header::ORIGIN).iter().count() == 1;
                let allowed = Origin::parse(&shown).is_some_and(|origin| one && self.allows(&origin, &host));
                if allowed { Ok(()) } else { refused(&shown) }
            }
            // Browsers leave `Origin` out where a page only embeds; a person's own navigation is not that.
            None if is_embedded(request) => refused("another site"),
            None => Ok(()),
        }
    }

    /// The host that the request names, where it is one of ours.
    fn host(&self, request: &Request) -> Result<Authority, String> {
        let mut named = request.headers().get_all(header::HOST).iter();
        let (first, more) = (named.next(), named.next());
        let text = first.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let absolute = request.uri().authority().map(|authority| authority.as_str().to_owned());
        let text = text.or_else(|| absolute.clone()).unwrap_or_default();
        let known = |text: &str| {
            let authority = Authority::parse(text)?;
            let listed =
                |own: &Authority| own.host == authority.host && (own.port.is_none() || own.port == authority.port);
            (is_loopback(&authority.host) || self.hosts.iter().any(listed)).then_some(authority)
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

/// The request's `Origin`.
pub(super) fn origin_of(headers: &HeaderMap) -> Option<HeaderValue> {
    headers.get(header::ORIGIN).cloned()
}

fn is_embedded(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let navigates = header("sec-fetch-mode") == Some("navigate")
        && header("sec-fetch-dest").is_none_or(|destination| destination == "document")
        && matches!(*request.method(), Method::GET | Method::HEAD);
    header("sec-fetch-site") == Some("cross-site") && !navigates
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => {
            IpAddr::from(*ip).to_canonical().is_loopback()
                && *ip != Ipv6Addr::from(u128::from(u32::from(Ipv4Addr::LOCALHOST)))
        }
    }
}

impl Authority {
    /// `host`, `host:port`, `[v6]`, `[v6]:port`; nothing else.
    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.contains(['/', '@', '?', '#', '\\', ' ', '%']) {
            return None;
        }
        let host_end = if text.starts_with('[') { text.find(']')? + 1 } else { text.find(':').unwrap_or(text.len()) };
        let (host, rest) = text.split_at(host_end);
        let port = match rest.strip_prefix(':') {
            Some(port) => Some(port.parse().ok()?),
            None if rest.is_empty() => None,
            None => return None,
        };
        Some(Self { host: parse_host(host)?, port })
    }
}

/// Only the plain spellings: `Url` also reads `0x7f.1` as an address, which nobody types.
fn parse_host(text: &str) -> Option<Host> {
    if let Some(inner) = text.strip_prefix('[') {
        return inner.strip_suffix(']')?.parse().ok().map(Host::Ipv6);
    }
    if let Ok(ip) = text.parse() {
        return Some(Host::Ipv4(ip));
    }
    match Host::parse(text).ok()? {
        Host::Domain(name) => Some(Host::Domain(name)),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

impl Origin {
    /// `scheme://host[:port]` and nothing more, as browsers write it.
    fn parse(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once("://")?;
        Authority::parse(rest)?;
        Self::of(&Url::parse(text).ok()?)
    }

    fn of(url: &Url) -> Option<Self> {
        let scheme = Some(url.scheme()).filter(|scheme| matches!(*scheme, "http" | "https"))?;
        Some(Self { scheme: scheme.to_owned(), host: url.host()?.to_owned(), port: url.port_or_known_default()? })
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn guard() -> Guard {
        Guard::new(&ServerOptions {
            cors_origins: vec!["*".into(), "https://listed.example".into(), "http://plain.example:8080".into()],
            allowed_hosts: vec!["proxy.example".into(), "ported.example:8443".into(), "192.168.1.5".into()],
            public_url: Some("https://public.example/askwell".into()),
            ..ServerOptions::default()
        })
    }

    fn check(headers: &[(&str, &str)]) -> Result<(), Code> {
        let mut request = Request::builder().uri("/api/sessions");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        guard().check(&request.body(Body::empty()).unwrap()).map_err(|problem| problem.code())
    }

    #[test]
    fn hosts() {
        let good = [
            "localhost",
            "localhost:8096",
            "LOCALHOST",
            "localhost.",
            "app.localhost:1",
            "127.0.0.1",
            "127.9.9.9:80",
            "[::1]",
            "[::1]:8096",
            "[::ffff:127.0.0.1]",
            "public.example",
            "public.example:8096",
            "PROXY.example",
            "proxy.example:1",
            "ported.example:8443",
            "192.168.1.5:8096",
        ];
        for host in good {
            assert_eq!(check(&[("host", host)]), Ok(()), "{host}");
        }
        let bad = [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "evil.example:8096",
            "192.168.1.6",
            "ported.example",
            "ported.example:80",
            "0.0.0.0",
            "[::]",
            "localhost:x",
            "localhost@evil.example",
            "localhost/evil",
            "localhost, evil.example",
            "2130706433",
            "0x7f.1",
            "[::1",
            "notlocalhost",
            "10.0.0.1",
            "%6cocalhost",
        ];
        for host in bad {
            assert_eq!(check(&[("host", host)]), Err(Code::HostNotAllowed), "{host}");
        }
        assert_eq!(check(&[]), Err(Code::HostNotAllowed));
        assert_eq!(check(&[("host", "localhost"), ("host", "evil.example")]), Err(Code::HostNotAllowed));
    }

    #[test]
    fn the_absolute_form_is_a_host_too() {
        let request = Request::builder().uri("http://evil.example/api").header("host", "localhost");
        assert!(guard().check(&request.body(Body::empty()).unwrap()).is_err());
        let request = Request::builder().uri("http://localhost/api");
        assert!(guard().check(&request.body(Body::empty()).unwrap()).is_ok());
    }

    #[test]
    fn origins() {
        let good = [
            "http://localhost:3000",
            "https://localhost",
            "http://127.0.0.1:5173",
            "http://[::1]:9",
            "https://listed.example",
            "https://LISTED.example",
            "https://listed.example:443",
            "http://plain.example:8080",
            "https://public.example",
        ];
        for origin in good {
            assert_eq!(check(&[("host", "localhost:8096"), ("origin", origin)]), Ok(()), "{origin}");
        }
        let bad = [
            "",
            "null",
            "*",
            "https://evil.example",
            "http://listed.example",
            "https://listed.example:444",
            "http://plain.example",
            "https://listed.example.evil.example",
            "http://localhost.evil.example",
            "file://",
            "chrome-extension://abc",
            "http://localhost@evil.example",
            "localhost",
            "https://listed.example/",
            "http://public.example:81",
            "https://proxy.example",
        ];
        for origin in bad {
            let verdict = check(&[("host", "localhost:8096"), ("origin", origin)]);
            assert_eq!(verdict, Err(Code::OriginNotAllowed), "{origin}");
        }
        let two = [("host", "localhost"), ("origin", "http://localhost"), ("origin", "https://evil.example")];
        assert_eq!(check(&two), Err(Code::OriginNotAllowed));
        // A page that the server itself serves under an allowed name.
        assert_eq!(check(&[("host", "proxy.example"), ("origin", "https://proxy.example")]), Ok(()));
    }

    #[test]
    fn embedding_is_foreign_even_without_an_origin() {
        let host = ("host", "localhost:8096");
        let site = |value| ("sec-fetch-site", value);
        assert_eq!(check(&[host, site("cross-site"), ("sec-fetch-mode", "no-cors")]), Err(Code::OriginNotAllowed));
        let framed = [host, site("cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
        assert_eq!(check(&framed), Err(Code::OriginNotAllowed));
        let link = [host, site("cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        assert_eq!(check(&link), Ok(()));
        for value in ["same-origin", "same-site", "none"] {
            assert_eq!(check(&[host, site(value), ("sec-fetch-mode", "no-cors")]), Ok(()), "{value}");
        }
    }
}
