//! The clocks of this machine, with a wall clock that is set forward and back while time goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use askwell_app::ports::Clock;
use askwell_core::Now;
use askwell_core::ids::RunId;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// How far the wall clock is set from the true time. Clones are the same: it outlives a restart.
#[derive(Clone, Debug, Default)]
pub(crate) struct WallOffset(Arc<AtomicI64>);

impl WallOffset {
    /// Sets the wall clock forward or back, as an administrator would.
    pub(crate) fn step(&self, by: SignedDuration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap_or_default(), Ordering::SeqCst);
    }

    /// Sets it right.
    pub(crate) fn reset(&self) {
        self.0.store(0, Ordering::SeqCst);
    }

    #[expect(clippy::disallowed_methods, reason = "the one place of this program that asks the world for the time")]
    fn wall(&self) -> Timestamp {
        let now = Timestamp::now().as_millisecond();
        Timestamp::from_millisecond(now + self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// A wall clock that steps, and a steady one that does not.
#[derive(Debug)]
pub(crate) struct SteppableClock {
    run: RunId,
    offset: WallOffset,
    wall_at_start: Timestamp,
    started: Instant,
}

impl SteppableClock {
    /// Starts the steady clock; once for each start of a server.
    pub(crate) fn start(offset: &WallOffset) -> Self {
        let run = RunId(Uuid::from_u128(super::ids::chance_128()));
        Self { run, wall_at_start: offset.wall(), offset: offset.clone(), started: Instant::now() }
    }
}

#[async_trait]
impl Clock for SteppableClock {
    fn now(&self) -> Now {
        let steady = self.wall_at_start.saturating_add(self.started.elapsed()).unwrap_or(Timestamp::MAX);
        let steady = Timestamp::from_millisecond(steady.as_millisecond()).unwrap_or(steady);
        Now { wall: self.offset.wall(), steady, run: self.run }
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// The planted bug `wall_for_steady`: what claims to be steady is the wall.
#[derive(Debug)]
pub(crate) struct WallOnly(pub(crate) SteppableClock);

#[async_trait]
impl Clock for WallOnly {
    fn now(&self) -> Now {
        let now = self.0.now();
        Now { steady: now.wall, ..now }
    }

    async fn sleep(&self, time: Duration) {
        self.0.sleep(time).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_moves_the_wall_alone() {
        let offset = WallOffset::default();
        let clock = SteppableClock::start(&offset);
        let before = clock.now();
        offset.step(SignedDuration::from_hours(-2));
        let after = clock.now();
        assert!(after.wall < before.wall && after.steady >= before.steady);
        assert!(WallOnly(SteppableClock::start(&offset)).now().steady < before.wall);
        offset.reset();
        assert!(clock.now().wall >= before.wall);
        assert_ne!(SteppableClock::start(&offset).now().run, before.run);
    }
}
