//! Hosts that the owner allows by name.
//!
//! Neighbours: `egress` asks whether a name is among them.

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use url::{Host, Url};

/// A text that is no pattern for a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no host: write `hooks.example.org`, `*.example.org`, an address, or one of these with `:port`")]
pub struct InvalidHostPattern(String);

/// A host that may be called: `hooks.example.org`, `*.example.org` (every name
/// below it, not itself) or an address, each with a `:port` or for all ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern {
    name: String,
    below: Below,
    port: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below {
    Itself,
    Subdomains,
}

impl HostPattern {
    /// What a configured address names: its host at every port where HTTP is to be expected, and at its own.
    #[must_use]
    pub fn named_by(url: &Url) -> Vec<Self> {
        let Some(host) = url.host() else { return Vec::new() };
        let name = host.to_string();
        let name = name.strip_suffix('.').unwrap_or(&name).to_owned();
        let at = |port| Self { name: name.clone(), below: Below::Itself, port };
        vec![at(None), at(url.port_or_known_default())]
    }

    /// Whether `host`, in the form a parsed URL has it, may be called at `port`.
    pub(crate) fn admits(&self, host: &str, port: u16) -> bool {
        self.port.is_none_or(|only| only == port) && self.is_for(host)
    }

    /// Whether this very port was named for `host`.
    pub(crate) fn names_port(&self, host: &str, port: u16) -> bool {
        self.port == Some(port) && self.is_for(host)
    }

    fn is_for(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        match self.below {
            Below::Itself => host == self.name,
            Below::Subdomains => host
                .strip_suffix(self.name.as_str())
                .and_then(|rest| rest.strip_suffix('.'))
                .is_some_and(|label| !label.is_empty()),
        }
    }
}

impl FromStr for HostPattern {
    type Err = InvalidHostPattern;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidHostPattern(text.to_owned());
        let (host, port) = split_port(text.trim()).ok_or_else(invalid)?;
        let (host, below) = match host.strip_prefix("*.") {
            Some(rest) => (rest, Below::Subdomains),
            None => (host.as_ref(), Below::Itself),
        };
        // The same parser as for URLs, so that both sides have one form.
        let host = Host::parse(host).map_err(|_| invalid())?;
        if below == Below::Subdomains && !matches!(host, Host::Domain(_)) {
            return Err(invalid());
        }
        let name = host.to_string();
        let name = name.strip_suffix('.').unwrap_or(&name);
        // One dot at the end is a way to write a name; more leave a name that no host has.
        if name.is_empty() || name.ends_with('.') || name.contains('*') {
            return Err(invalid());
        }
        Ok(Self { name: name.to_owned(), below, port })
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stars = if self.below == Below::Subdomains { "*." } else { "" };
        write!(f, "{stars}{}", self.name)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Host and port of `host`, `host:port`, `[v6]`, `[v6]:port` or a bare IPv6 address, which comes back in brackets.
fn split_port(text: &str) -> Option<(Cow<'_, str>, Option<u16>)> {
    if text.parse::<Ipv6Addr>().is_ok() {
        return Some((format!("[{text}]").into(), None));
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            let port = port.parse().ok().filter(|port| *port != 0)?;
            Some((host.into(), Some(port)))
        }
        _ => Some((text.into(), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admits_what_it_names() {
        for (pattern, host, port, expected) in [
            ("hooks.example.org", "hooks.example.org", 443, true),
            ("Hooks.Example.ORG.", "hooks.example.org.", 443, true),
            ("hooks.example.org", "a.hooks.example.org", 443, false),
            ("hooks.example.org", "hooks.example.org.evil.test", 443, false),
            ("hooks.example.org", "evilhooks.example.org", 443, false),
            ("*.example.org", "hooks.example.org", 443, true),
            ("*.example.org", "a.b.example.org", 443, true),
            ("*.example.org", "example.org", 443, false),
            ("*.example.org", ".example.org", 443, false),
            ("*.example.org", "evilexample.org", 443, false),
            ("hooks.internal:8080", "hooks.internal", 8080, true),
            ("hooks.internal:8080", "hooks.internal", 8081, false),
            ("10.0.0.5", "10.0.0.5", 80, true),
            ("10.0.0.5:80", "10.0.0.5", 81, false),
            ("fd00::1", "[fd00::1]", 80, true),
            ("[FD00:0::1]:8080", "[fd00::1]", 8080, true),
            ("bücher.example", "xn--bcher-kva.example", 443, true),
        ] {
            let parsed: HostPattern = pattern.parse().unwrap();
            assert_eq!(parsed.admits(host, port), expected, "{pattern} {host}:{port}");
            assert_eq!(parsed.to_string().parse(), Ok(parsed));
        }
    }

    #[test]
    fn a_configured_address_names_its_host() {
        let named = |url: &str| HostPattern::named_by(&url.parse().unwrap());
        let patterns = named("http://idp.internal.:81/realms/x");
        assert!(patterns.iter().any(|pattern| pattern.admits("idp.internal", 8443)));
        assert!(patterns.iter().any(|pattern| pattern.names_port("idp.internal", 81)));
        assert!(!patterns.iter().any(|pattern| pattern.names_port("idp.internal", 22)));
        assert!(!patterns.iter().any(|pattern| pattern.admits("a.idp.internal", 81)));
        assert!(named("http://[fd00::1]/").iter().any(|pattern| pattern.admits("[fd00::1]", 80)));
        assert!(named("data:text/plain,x").is_empty());
    }

    #[test]
    fn refuses_what_names_nothing() {
        for text in [
            "",
            "*",
            "*.",
            "..",
            "a.org..",
            "\u{3002}.",
            "*.*",
            "a.*.org",
            "http://a.org",
            "a.org/x",
            "a.org:0",
            "a.org:99999",
            "a.org:x",
            "*.10.0.0.1",
            "a b",
        ] {
            assert!(text.parse::<HostPattern>().is_err(), "{text:?}");
        }
    }
}
