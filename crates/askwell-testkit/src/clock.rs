//! A clock that is set by hand: nothing ever waits for real.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use askwell_app::ports::Clock;
use askwell_core::Now;
use askwell_core::ids::RunId;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, oneshot};
use uuid::Uuid;

/// Where every test clock starts: 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

struct Sleeper {
    until: Timestamp,
    wake: oneshot::Sender<()>,
}

struct State {
    now: Now,
    sleepers: Vec<Sleeper>,
}

/// A clock that is set by hand. Clones show the same time.
#[derive(Clone)]
pub struct TestClock {
    state: Arc<Mutex<State>>,
    slept: Arc<Notify>,
}

impl std::fmt::Debug for TestClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("TestClock").field(&self.state().now).finish()
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl TestClock {
    /// A clock at [`START`], of the first run.
    #[must_use]
    pub fn new() -> Self {
        Self::at(START, RunId(Uuid::from_u128(1)))
    }

    /// A clock at `start`, of `run`.
    #[must_use]
    pub fn at(start: Timestamp, run: RunId) -> Self {
        let now = Now { wall: start, steady: start, run };
        Self { state: Arc::new(Mutex::new(State { now, sleepers: Vec::new() })), slept: Arc::default() }
    }

    /// Lets time pass, on both clocks, and wakes who has slept long enough.
    pub fn advance(&self, time: Duration) {
        let mut state = self.state();
        state.now.wall = state.now.wall.saturating_add(time).expect("time goes forward");
        state.now.steady = state.now.steady.saturating_add(time).expect("time goes forward");
        let steady = state.now.steady;
        let (awake, asleep) = std::mem::take(&mut state.sleepers).into_iter().partition(|s| s.until <= steady);
        state.sleepers = asleep;
        drop(state);
        let awake: Vec<Sleeper> = awake;
        for sleeper in awake {
            let _ = sleeper.wake.send(());
        }
    }

    /// Sets the wall clock forward or back, as an administrator would; no time passes.
    pub fn step_wall(&self, by: SignedDuration) {
        let mut state = self.state();
        state.now.wall = state.now.wall.checked_add(by).expect("a time that exists");
    }

    /// Starts another run, as after a restart: its steady clock begins at the wall.
    pub fn restart(&self) {
        let mut state = self.state();
        state.now.run = RunId(Uuid::from_u128(state.now.run.0.as_u128() + 1));
        state.now.steady = state.now.wall;
    }

    /// Waits until at least `count` are asleep.
    pub async fn asleep(&self, count: usize) {
        loop {
            let slept = self.slept.notified();
            let mut slept = std::pin::pin!(slept);
            slept.as_mut().enable();
            {
                let mut state = self.state();
                state.sleepers.retain(|sleeper| !sleeper.wake.is_closed());
                if state.sleepers.len() >= count {
                    return;
                }
            }
            slept.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while it holds the clock")
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Now {
        self.state().now
    }

    async fn sleep(&self, time: Duration) {
        if time.is_zero() {
            return;
        }
        let woken = {
            let mut state = self.state();
            let until = state.now.steady.saturating_add(time).expect("time goes forward");
            let (wake, woken) = oneshot::channel();
            state.sleepers.push(Sleeper { until, wake });
            woken
        };
        self.slept.notify_waiters();
        let _ = woken.await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_its_time_has_passed_and_not_before() {
        let clock = TestClock::new();
        let sleep = clock.sleep(Duration::from_secs(10));
        let mut sleep = std::pin::pin!(sleep);
        assert!(futures::poll!(sleep.as_mut()).is_pending());
        clock.asleep(1).await;
        clock.advance(Duration::from_secs(9));
        clock.step_wall(SignedDuration::from_secs(100));
        assert!(futures::poll!(sleep.as_mut()).is_pending());
        clock.advance(Duration::from_secs(1));
        assert!(futures::poll!(sleep.as_mut()).is_ready());
    }
}
