//! Names to addresses, once for an attempt.
//!
//! Invariant: the HTTP client cannot resolve anything. [`Pinned`] hands it the
//! addresses that were judged for the attempt under way, and nothing where
//! there are none; so a name that changes its mind in between changes nothing.
//!
//! Neighbours: `webhook` resolves, has `egress` judge, and pins.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

/// Names to addresses.
#[async_trait]
pub(crate) trait Resolver: Send + Sync + 'static {
    /// All addresses of a name, most preferred first.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// How many names may be looked up at once. A look-up cannot be called off and
/// holds a thread, of which the runtime has 512 for files and all else.
const LOOKUPS: usize = 128;

/// What the operating system says.
#[derive(Debug)]
pub(crate) struct SystemResolver {
    slots: Arc<Semaphore>,
}

impl SystemResolver {
    pub(crate) fn new() -> Self {
        Self { slots: Arc::new(Semaphore::new(LOOKUPS)) }
    }
}

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(io::Error::other)?;
        let name = name.to_owned();
        tokio::task::spawn_blocking(move || {
            // Held until the look-up really ended, also when nobody waits for it any more.
            let _slot = slot;
            let mut addresses: Vec<IpAddr> = Vec::new();
            for found in (name.as_str(), 0).to_socket_addrs()? {
                if !addresses.contains(&found.ip()) {
                    addresses.push(found.ip());
                }
            }
            Ok(addresses)
        })
        .await
        .map_err(io::Error::other)?
    }
}

tokio::task_local! {
    static JUDGED: Vec<IpAddr>;
}

/// The HTTP client's resolver: the addresses judged for the attempt of this task.
#[derive(Debug)]
pub(crate) struct Pinned;

impl Pinned {
    /// Runs an attempt whose names resolve to `judged` and to nothing else.
    pub(crate) async fn to<F: Future>(judged: Vec<IpAddr>, attempt: F) -> F::Output {
        JUDGED.scope(judged, attempt).await
    }
}

impl Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        // Port 0 is filled in from the URL.
        let found = JUDGED.try_with(|judged| judged.iter().map(|ip| SocketAddr::new(*ip, 0)).collect::<Vec<_>>());
        Box::pin(async move {
            let found = found.map_err(|_| "no address was judged for this call")?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
