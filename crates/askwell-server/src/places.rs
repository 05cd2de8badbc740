//! Places for connections, counted by address.
//!
//! One client must not take all places that there are. Not counted are
//! loopback, which is the owner's own machine, and trusted proxies, through
//! which many speak.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use askwell_app::network;
use ipnet::IpNet;
use tokio::sync::OwnedSemaphorePermit;

use crate::client::is_trusted;

/// How many connections each address has.
#[derive(Debug)]
pub(crate) struct Addresses {
    limit: usize,
    trusted: Vec<IpNet>,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// A connection's place. It goes with the connection's stream, as a websocket outlives the request that made it.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    _counted: Option<Counted>,
}

#[derive(Debug)]
struct Counted {
    addresses: Arc<Addresses>,
    network: IpAddr,
}

impl Addresses {
    /// With this limit; 0 is none.
    pub(crate) fn new(limit: usize, trusted: Vec<IpNet>) -> Self {
        Self { limit, trusted, open: Mutex::default() }
    }

    /// A place for a connection from `peer`; nothing if it has as many as it may.
    pub(crate) fn enter(self: &Arc<Self>, peer: IpAddr, permit: OwnedSemaphorePermit) -> Option<Place> {
        let peer = peer.to_canonical();
        if self.limit == 0 || peer.is_loopback() || is_trusted(peer, &self.trusted) {
            return Some(Place { _permit: permit, _counted: None });
        }
        let network = network(peer);
        let mut open = self.open();
        let count = open.entry(network).or_default();
        if *count >= self.limit {
            metrics::counter!("askwell_connections_refused_total").increment(1);
            tracing::debug!(%peer, limit = self.limit, "too many connections from one address");
            return None;
        }
        *count += 1;
        drop(open);
        Some(Place { _permit: permit, _counted: Some(Counted { addresses: Arc::clone(self), network }) })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.addresses.open();
        if let Some(count) = open.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;

    fn enter(addresses: &Arc<Addresses>, peer: &str) -> Option<Place> {
        let permit = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
        addresses.enter(peer.parse().unwrap(), permit)
    }

    #[test]
    fn each_address_has_so_many() {
        let addresses = Arc::new(Addresses::new(2, vec!["10.0.0.0/8".parse().unwrap()]));
        let first = enter(&addresses, "192.0.2.1").unwrap();
        let _second = enter(&addresses, "::ffff:192.0.2.1").unwrap();
        assert!(enter(&addresses, "192.0.2.1").is_none());
        let _other = enter(&addresses, "192.0.2.2").unwrap();
        drop(first);
        let again = enter(&addresses, "192.0.2.1").unwrap();
        assert!(enter(&addresses, "192.0.2.1").is_none());
        drop(again);
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let addresses = Arc::new(Addresses::new(1, Vec::new()));
        let place = enter(&addresses, "2001:db8::1").unwrap();
        assert!(enter(&addresses, "2001:db8::2").is_none());
        assert!(enter(&addresses, "2001:db8:0:1::1").is_some());
        drop(place);
        assert!(addresses.open().is_empty(), "what has ended is forgotten");
    }

    #[test]
    fn loopback_and_trusted_proxies_have_as_many_as_they_like() {
        let addresses = Arc::new(Addresses::new(1, vec!["10.0.0.0/8".parse().unwrap()]));
        for peer in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3"] {
            let places: Vec<_> = (0..3).map(|_| enter(&addresses, peer)).collect();
            assert!(places.iter().all(Option::is_some), "{peer}");
        }
        let unlimited = Arc::new(Addresses::new(0, Vec::new()));
        let places: Vec<_> = (0..1_000).map(|_| enter(&unlimited, "192.0.2.1")).collect();
        assert!(places.iter().all(Option::is_some));
    }
}
