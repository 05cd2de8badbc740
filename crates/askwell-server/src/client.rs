//! Where a request comes from, seen through the proxies that the owner trusts.
//!
//! Invariant: nobody but a trusted proxy is believed about anybody else. Lists
//! are read from the right, where the nearest proxy writes; the first address
//! that is no trusted proxy is the client. `Forwarded` is not read: two headers
//! that say the same can say two things.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use ipnet::IpNet;

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// The address of whoever sent it.
    pub(crate) address: IpAddr,
    /// Whether it left them over TLS.
    pub(crate) is_tls: bool,
}

/// Stands beside requests that came to this process over TLS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverTls;

impl Client {
    /// Who sent the request. Without a connection, which happens in tests only, nobody is trusted.
    pub(crate) fn of(request: &Request, trusted: &[IpNet]) -> Self {
        let extensions = request.extensions();
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let is_tls = extensions.get::<OverTls>().is_some();
        let direct = Self { address: peer.unwrap_or(Ipv4Addr::UNSPECIFIED.into()).to_canonical(), is_tls };
        if is_trusted(direct.address, trusted) { direct.through_proxies(request.headers(), trusted) } else { direct }
    }

    fn through_proxies(self, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let (mut address, mut steps) = (self.address, 0);
        for entry in from_the_right(headers, "x-forwarded-for") {
            // What is no address ends the walk: whoever wrote it is the last one known.
            let Some(before) = parse(entry) else { break };
            address = before;
            steps += 1;
            if !is_trusted(before, trusted) {
                break;
            }
        }
        // Each proxy appends to both lists, or the outermost alone writes the scheme.
        let (mut entries, mut scheme) = (from_the_right(headers, "x-forwarded-proto"), None);
        for _ in 0..steps.max(1) {
            scheme = entries.next().or(scheme);
        }
        let is_tls = scheme.map_or(self.is_tls, |scheme| scheme.eq_ignore_ascii_case("https"));
        Self { address, is_tls }
    }
}

/// Whether the address is one of a proxy that the owner trusts.
pub(crate) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address.to_canonical()))
}

/// The entries of a list that may stand in several headers, the last one first.
fn from_the_right<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let mut lines: Vec<_> = headers.get_all(name).iter().collect();
    lines.reverse();
    lines.into_iter().flat_map(|line| line.to_str().unwrap_or("?").rsplit(',').map(str::trim))
}

/// An address, with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn parse(text: &str) -> Option<IpAddr> {
    let address = text.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(IpAddr::V6);
    address.or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests;
