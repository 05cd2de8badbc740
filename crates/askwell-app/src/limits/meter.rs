//! One limit, counted by key.
//!
//! Job: the generic cell rate algorithm of `governor` on our clock. Invariant:
//! at most [`KEYS`] keys and [`SHARED`] shared cells are remembered, each in a
//! few bytes, however long what others send is. Beyond that, newcomers share
//! those cells until the flood is over: it makes the limit stricter for them.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::StateInformationMiddleware;
use governor::{Quota, RateLimiter};

use super::Allowance;
use super::cells::Cells;
use crate::error::AppError;
use crate::ports::Clock;

/// Keys that are remembered, each on its own.
const KEYS: usize = 1 << 16;

/// Cells for newcomers while there are more.
const SHARED: u64 = 1 << 10;

/// After so many uses, keys that are as good as new are forgotten.
const SWEEP: u32 = 1 << 12;

const MINUTE: Duration = Duration::from_mins(1);

/// The steady clock: a step of the wall clock must neither free nor lock out anybody.
struct Steady(Arc<dyn Clock>);

impl governor::clock::Clock for Steady {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(self.0.now().steady.as_millisecond().try_into().unwrap_or(0))
    }
}

type Limiter = RateLimiter<u64, Cells, Steady, StateInformationMiddleware>;

/// One limit, counted by key.
pub(super) struct Meter {
    limiter: Limiter,
    cells: Cells,
    clock: Steady,
    /// What the cells count from.
    start: Duration,
    limit: NonZeroU32,
    each: Duration,
    hasher: RandomState,
    uses: AtomicU32,
}

impl Meter {
    /// A burst of `limit`, refilled evenly over a minute; nothing for 0.
    pub(super) fn per_minute(limit: u32, clock: Arc<dyn Clock>) -> Option<Self> {
        let limit = NonZeroU32::new(limit)?;
        let each = MINUTE / limit.get();
        let quota = Quota::with_period(each)?.allow_burst(limit);
        let (cells, clock) = (Cells::default(), Steady(clock));
        Some(Self {
            start: clock.now(),
            limiter: Limiter::new(quota, cells.clone(), Steady(Arc::clone(&clock.0))),
            cells,
            clock,
            limit,
            each,
            hasher: RandomState::new(),
            uses: AtomicU32::new(0),
        })
    }

    /// Counts one use of this key.
    ///
    /// # Errors
    /// [`AppError::RateLimited`]; then it does not count.
    pub(super) fn count<K: Hash>(&self, key: &K) -> Result<Allowance, AppError> {
        let limit = self.limit.get();
        // Now and then only, so that a flood of keys does not make each use dear.
        if self.uses.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEEP) {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(&self.cell(key)) {
            Ok(state) => Ok(self.allowance(state.remaining_burst_capacity())),
            Err(refused) => Err(AppError::RateLimited { limit, retry_after: refused.wait_time_from(self.clock.now()) }),
        }
    }

    /// What this key has left. Counts nothing.
    pub(super) fn left<K: Hash>(&self, key: &K) -> Allowance {
        let whole = self.each * self.limit.get();
        let since = self.clock.now().saturating_sub(self.start);
        let used = self.cells.used(self.cell(key)).map_or(Duration::ZERO, |until| until.saturating_sub(since));
        let left = whole.saturating_sub(used).as_nanos() / self.each.as_nanos().max(1);
        self.allowance(u32::try_from(left).unwrap_or(u32::MAX))
    }

    fn allowance(&self, remaining: u32) -> Allowance {
        let limit = self.limit.get();
        Allowance { limit, remaining, reset: self.each * limit.saturating_sub(remaining) }
    }

    /// The cell of a key: one of its own, as long as there is room or it has one.
    fn cell<K: Hash>(&self, key: &K) -> u64 {
        let own = self.hasher.hash_one(key) | SHARED;
        if self.cells.has_room_for(own, KEYS) { own } else { own % SHARED }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use askwell_core::Now;
    use askwell_core::ids::RunId;
    use async_trait::async_trait;
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    use super::*;

    /// A clock that is set by hand.
    struct Hand(Mutex<Now>);

    impl Hand {
        fn new() -> Arc<Self> {
            let start = Timestamp::from_second(1_767_225_600).unwrap();
            Arc::new(Self(Mutex::new(Now { wall: start, steady: start, run: RunId(uuid::Uuid::nil()) })))
        }

        fn advance(&self, time: Duration) {
            let mut now = self.0.lock().unwrap();
            now.steady = now.steady.checked_add(time).unwrap();
        }
    }

    #[async_trait]
    impl Clock for Hand {
        fn now(&self) -> Now {
            *self.0.lock().unwrap()
        }

        async fn sleep(&self, _: Duration) {}
    }

    fn meter(limit: u32) -> (Arc<Hand>, Meter) {
        let clock = Hand::new();
        let meter = Meter::per_minute(limit, Arc::clone(&clock) as _).unwrap();
        (clock, meter)
    }

    fn wait(refused: &AppError) -> Duration {
        match refused {
            AppError::RateLimited { retry_after, .. } => *retry_after,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_burst_then_one_at_a_time() {
        let (clock, meter) = meter(5);
        let left: Vec<_> = (0..5).map(|_| meter.count(&"ann").unwrap().remaining).collect();
        assert_eq!(left, [4, 3, 2, 1, 0]);
        assert_eq!(wait(&meter.count(&"ann").unwrap_err()), Duration::from_secs(12));
        assert_eq!(meter.count(&"bob").unwrap(), Allowance { limit: 5, remaining: 4, reset: Duration::from_secs(12) });
        clock.advance(Duration::from_millis(11_999));
        assert_eq!(wait(&meter.count(&"ann").unwrap_err()), Duration::from_millis(1));
        clock.advance(Duration::from_millis(1));
        assert_eq!(meter.count(&"ann").unwrap().remaining, 0);
        clock.advance(MINUTE);
        assert_eq!(meter.count(&"ann").unwrap().remaining, 4);
    }

    #[test]
    fn a_step_of_the_wall_clock_changes_nothing() {
        let (clock, meter) = meter(1);
        meter.count(&"ann").unwrap();
        let step = |by| {
            let mut now = clock.0.lock().unwrap();
            now.wall = now.wall.checked_add(SignedDuration::from_hours(by)).unwrap();
        };
        step(1);
        assert_eq!(wait(&meter.count(&"ann").unwrap_err()), MINUTE);
        step(-2);
        assert_eq!(wait(&meter.count(&"ann").unwrap_err()), MINUTE);
    }

    #[test]
    fn nothing_is_no_limit() {
        assert!(Meter::per_minute(0, Hand::new()).is_none());
    }

    #[test]
    fn keys_are_forgotten_and_a_flood_of_them_is_bounded() {
        let (clock, meter) = meter(2);
        for key in 0..KEYS + 10_000 {
            let _ = meter.count(&key);
        }
        assert!(meter.limiter.len() <= KEYS + usize::try_from(SHARED).unwrap(), "{}", meter.limiter.len());
        assert!(meter.count(&"newcomer").is_err(), "newcomers share what is left");
        assert_eq!(meter.count(&0_usize).unwrap().remaining, 0, "who was there before has what they had");
        clock.advance(MINUTE * 2);
        for _ in 0..SWEEP {
            let _ = meter.count(&"later");
        }
        assert!(meter.limiter.len() <= 2, "{}", meter.limiter.len());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// However tries are spread: no window lets more through than its burst and what it refills, and
        /// whoever waits as told comes through.
        #[test]
        fn never_more_than_allowed_and_never_locked_out(
            limit in 1_u32..70,
            steps in proptest::collection::vec((0_u64..20_000, 0_u8..3), 1..400),
        ) {
            let (clock, meter) = meter(limit);
            let mut elapsed = Duration::ZERO;
            let mut passed: [Vec<Duration>; 3] = Default::default();
            for (millis, key) in steps {
                let step = Duration::from_millis(millis);
                clock.advance(step);
                elapsed += step;
                let before = meter.left(&key);
                match meter.count(&key) {
                    Ok(allowance) => {
                        prop_assert_eq!(allowance.remaining + 1, before.remaining);
                        prop_assert_eq!(meter.left(&key), allowance);
                        passed[usize::from(key)].push(elapsed);
                        prop_assert!(allowance.remaining < limit);
                        prop_assert!(allowance.reset <= MINUTE);
                    }
                    Err(refused) => {
                        prop_assert_eq!(before.remaining, 0);
                        let wait = wait(&refused);
                        prop_assert!(wait <= MINUTE / limit + Duration::from_millis(1), "{wait:?}");
                        // The clock shows whole milliseconds only.
                        let step = Duration::from_millis(u64::try_from(wait.as_millis()).unwrap() + 1);
                        clock.advance(step);
                        elapsed += step;
                        prop_assert!(meter.count(&key).is_ok());
                        passed[usize::from(key)].push(elapsed);
                    }
                }
            }
            for times in &passed {
                for (first, start) in times.iter().enumerate() {
                    for (last, end) in times.iter().enumerate().skip(first) {
                        let time = end.saturating_sub(*start);
                        let refilled = time.as_nanos() / (MINUTE / limit).as_nanos();
                        let count = (last - first + 1) as u128;
                        prop_assert!(count <= u128::from(limit) + refilled, "{count} in {time:?}");
                    }
                }
            }
        }
    }
}
