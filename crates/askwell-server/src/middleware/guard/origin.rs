//! Names and origins, as they stand in headers and in the configuration.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// A host, and the port if it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Authority {
    pub(super) host: Host,
    pub(super) port: Option<u16>,
}

/// Scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) scheme: String,
    pub(super) host: Host,
    pub(super) port: u16,
}

/// Whether only this machine goes by the name.
pub(super) fn is_loopback(host: &Host) -> bool {
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
    pub(super) fn parse(text: &str) -> Option<Self> {
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
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once("://")?;
        Authority::parse(rest)?;
        Self::of(&Url::parse(text).ok()?)
    }

    pub(super) fn of(url: &Url) -> Option<Self> {
        let scheme = Some(url.scheme()).filter(|scheme| matches!(*scheme, "http" | "https"))?;
        Some(Self { scheme: scheme.to_owned(), host: url.host()?.to_owned(), port: url.port_or_known_default()? })
    }
}
