//! The one place where ports meet their adapters, and where the process asks
//! the world for time, identity and chance. Everything else is given them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use askwell_app::ports::{Clock, Ids, Store};
use askwell_core::Now;
use askwell_core::ids::{DeliveryId, FileId, RunId, SessionId};
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::config::Config;
use crate::place::Place;
use crate::telemetry::Metrics;

/// The wall clock, in whole milliseconds.
#[expect(clippy::disallowed_methods, reason = "the one place that asks the world for the time")]
pub(crate) fn wall_time() -> Timestamp {
    whole_milliseconds(Timestamp::now())
}

fn whole_milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

#[expect(clippy::disallowed_methods, reason = "the one place that makes identities")]
fn new_uuid() -> Uuid {
    Uuid::now_v7()
}

/// Bytes that nobody can guess.
#[expect(clippy::disallowed_methods, reason = "the one place that draws by chance")]
pub(crate) fn random_bytes() -> [u8; 32] {
    rand::random()
}

/// The clocks of this machine. The steady one is the wall at start plus the monotonic time since.
#[derive(Clone, Debug)]
pub(crate) struct SystemClock {
    run: RunId,
    wall_at_start: Timestamp,
    started: Instant,
}

impl SystemClock {
    /// Starts the steady clock; once in a process.
    pub(crate) fn start() -> Self {
        Self { run: RunId(new_uuid()), wall_at_start: wall_time(), started: Instant::now() }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Now {
        let steady = self.wall_at_start.saturating_add(self.started.elapsed()).unwrap_or(Timestamp::MAX);
        Now { wall: wall_time(), steady: whole_milliseconds(steady), run: self.run }
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// Identities that sort by creation, and chance.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemIds;

impl Ids for SystemIds {
    fn session(&self) -> SessionId {
        SessionId(new_uuid())
    }

    fn delivery(&self) -> DeliveryId {
        DeliveryId(new_uuid())
    }

    fn file(&self) -> FileId {
        FileId(new_uuid())
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that draws by chance")]
    fn chance(&self) -> f64 {
        rand::random()
    }
}

/// Completes when the process is asked to stop, by SIGINT or SIGTERM.
pub(crate) async fn stop_requested() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// What a server is made of, beside its adapters.
#[derive(Debug)]
pub(crate) struct Parts {
    /// The effective configuration.
    pub(crate) config: Config,
    /// The data directory, held by this process.
    pub(crate) place: Place,
    /// The clocks.
    pub(crate) clock: Arc<SystemClock>,
    /// Identities and chance.
    pub(crate) ids: Arc<SystemIds>,
    /// What `GET /metrics` renders.
    pub(crate) metrics: Metrics,
    /// The key that signs callbacks, `whsec_…`.
    pub(crate) webhook_secret: crate::config::Secret,
}

/// WIRING: opens the database at `place.database()`, for the server and for `askwell import`.
pub(crate) fn open_store(place: &Place) -> anyhow::Result<Arc<dyn Store>> {
    anyhow::bail!("no engine is wired for {}", place.database().display())
}

/// WIRING: a consistent copy of the database `from`, which may be in use, to the new file `to`.
pub(crate) fn backup(from: &std::path::Path, to: &std::path::Path) -> anyhow::Result<()> {
    anyhow::bail!("no engine is wired to copy {} to {}", from.display(), to.display())
}

/// WIRING: the OpenAPI description as JSON.
pub(crate) fn openapi() -> anyhow::Result<String> {
    anyhow::bail!("no server is wired to describe")
}

/// WIRING: runs the server until `stop` completes, then stops gracefully. Calls
/// `listening` with the bound address once connections are accepted.
pub(crate) async fn run_server(
    parts: Parts,
    listening: impl FnOnce(std::net::SocketAddr) + Send,
    stop: impl Future<Output = ()> + Send,
) -> anyhow::Result<()> {
    let store = open_store(&parts.place)?;
    let Parts { config, place: _, clock, ids, metrics, webhook_secret } = parts;
    tracing::debug!(writable = store.is_writable(), now = %clock.now().wall, chance = ids.chance(), "wiring");
    let _ = (metrics.render(), webhook_secret.0, config.service.version(), config.integration.callback_timeout());
    listening(std::net::SocketAddr::from(([127, 0, 0, 1], config.server.port)));
    stop.await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_in_whole_milliseconds_and_steady() {
        let clock = SystemClock::start();
        let first = clock.now();
        let second = clock.now();
        for at in [first.wall, first.steady, second.steady] {
            assert_eq!(at.subsec_nanosecond() % 1_000_000, 0);
        }
        assert!(second.steady >= first.steady);
        assert_eq!(first.run, second.run);
        assert_ne!(SystemClock::start().now().run, first.run);
    }

    #[test]
    fn identities_sort_by_creation() {
        let ids: Vec<_> = (0..1000).map(|_| SystemIds.session()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!((0.0..1.0).contains(&SystemIds.chance()));
    }
}
