//! Where outbound calls may go.
//!
//! Invariant: by default only public addresses, over http or https, without a
//! user in the URL, at a port where HTTP is to be expected. Every address is
//! judged by itself, so a name with one public and one private address only
//! ever reaches the public one.
//!
//! Neighbours: `webhook` asks at every attempt; `egress/place.rs` knows the
//! ranges, `egress/host.rs` the names that the owner allows.

mod host;
mod place;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

pub use self::host::{HostPattern, InvalidHostPattern};
use self::place::{Place, carried};

/// How strict the rule is before anything is allowed by the owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Only public addresses.
    #[default]
    Strict,
    /// Loopback too: the server itself is bound to loopback and authentication is off.
    Development,
}

/// The owner's rule where outbound calls may go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Egress {
    /// How strict it is.
    pub mode: Mode,
    /// Networks that are allowed whatever they are (`egress.allow_networks`).
    pub allow_networks: Vec<IpNet>,
    /// Hosts that may have private or loopback addresses, or an unusual port (`egress.allow_hosts`).
    pub allow_hosts: Vec<HostPattern>,
}

/// A text that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no network: write `10.1.0.0/16`, `fd00:1::/64` or a single address")]
pub struct InvalidNetwork(String);

/// Reads one entry of `egress.allow_networks`: a network, or an address as a network of one.
///
/// # Errors
/// [`InvalidNetwork`].
pub fn parse_network(text: &str) -> Result<IpNet, InvalidNetwork> {
    let trimmed = text.trim();
    trimmed.parse().or_else(|_| trimmed.parse::<IpAddr>().map(IpNet::from)).map_err(|_| InvalidNetwork(text.to_owned()))
}

/// Why a call is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}{}", setting.hint())]
pub(crate) struct Refusal {
    /// Why, in English. Names no address that the requester did not write.
    pub(crate) reason: String,
    /// What would have to change.
    pub(crate) setting: Setting,
}

/// What would have to change for a call to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    AllowNetworks,
    AllowHosts,
    /// No rule allows it: the address itself is at fault.
    Url,
}

impl Setting {
    /// The configuration key; for [`Setting::Url`], the key of the create body.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::AllowNetworks => "egress.allow_networks",
            Self::AllowHosts => "egress.allow_hosts",
            Self::Url => "callback_url",
        }
    }

    fn hint(self) -> String {
        match self {
            Self::Url => String::new(),
            key => format!("; `{}` would allow it", key.key()),
        }
    }
}

/// A URL that may be called, provided that its addresses are allowed.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) url: Url,
    pub(crate) host: TargetHost,
    name: String,
    port: u16,
}

/// Whom a URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TargetHost {
    /// An address, in whatever notation.
    Address(IpAddr),
    /// A name to resolve.
    Name(String),
}

impl Egress {
    /// Judges what the URL alone tells: scheme, user and port.
    pub(crate) fn judge_url(&self, text: &str) -> Result<Target, Refusal> {
        let fault = |reason: &str| Refusal { reason: reason.to_owned(), setting: Setting::Url };
        let url = Url::parse(text).map_err(|error| fault(&format!("the address cannot be read: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(fault(&format!("`{}` is neither http nor https", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fault("the address carries a user or a password"));
        }
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(fault("the address names no host"));
        };
        let name = host.to_string();
        let host = match host {
            Host::Ipv4(address) => TargetHost::Address(address.into()),
            Host::Ipv6(address) => TargetHost::Address(address.into()),
            Host::Domain(name) => TargetHost::Name(name.to_owned()),
        };
        if !is_usual_port(port) && !self.allow_hosts.iter().any(|pattern| pattern.names_port(&name, port)) {
            let reason = format!("port {port} is not one where HTTP is expected (`{name}:{port}` is to be named)");
            return Err(Refusal { reason, setting: Setting::AllowHosts });
        }
        Ok(Target { url, host, name, port })
    }

    /// The addresses among `addresses` that may be called.
    pub(crate) fn judge_addresses(&self, target: &Target, addresses: &[IpAddr]) -> Result<Vec<IpAddr>, Refusal> {
        let named = self.allow_hosts.iter().any(|pattern| pattern.admits(&target.name, target.port));
        let allowed: Vec<_> = addresses.iter().copied().filter(|address| self.allows(*address, named)).collect();
        match addresses.first() {
            Some(refused) if allowed.is_empty() => Err(refusal(target, Place::of(*refused))),
            _ => Ok(allowed),
        }
    }

    fn allows(&self, address: IpAddr, named: bool) -> bool {
        let place = Place::of(address);
        place == Place::Public
            || (place == Place::Loopback && self.mode == Mode::Development)
            || (named && place.is_allowed_by_name())
            || self.allow_networks.iter().any(|net| {
                net.contains(&address) || carried(address).is_some_and(|address| net.contains(&IpAddr::V4(address)))
            })
    }
}

fn refusal(target: &Target, place: Place) -> Refusal {
    match &target.host {
        TargetHost::Address(_) => {
            Refusal { reason: format!("{} is {}", target.name, place.describe()), setting: Setting::AllowNetworks }
        }
        TargetHost::Name(name) => Refusal {
            reason: format!("`{name}` resolves to {}", place.describe()),
            setting: if place.is_allowed_by_name() { Setting::AllowHosts } else { Setting::AllowNetworks },
        },
    }
}

/// Whether HTTP is to be expected at a port: 80, 443 and from 1024 on, without
/// those where other protocols take what looks like HTTP for commands of theirs.
fn is_usual_port(port: u16) -> bool {
    /// The blocked ports of the Fetch standard above 1023, and memcached.
    const OTHERS: &[u16] = &[
        1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679,
        6697, 10080, 11211,
    ];
    matches!(port, 80 | 443) || (port >= 1024 && !OTHERS.contains(&port))
}
