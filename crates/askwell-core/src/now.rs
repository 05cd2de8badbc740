//! Time as an argument.
//!
//! A deadline must neither fire early nor hang when somebody sets the wall
//! clock, so every decision sees two clocks: the wall, and a steady one that
//! is the wall at process start plus the monotonic time since.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::RunId;

/// The instant of a decision, on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// What the wall clock shows.
    pub wall: Timestamp,
    /// The wall at process start plus the monotonic time since.
    pub steady: Timestamp,
    /// The process whose steady clock this is.
    pub run: RunId,
}

/// When a session closes unanswered, on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The instant on the wall clock (wire: `expires_at`).
    pub expires_at: Timestamp,
    /// The instant on the steady clock of `run`.
    pub steady_at: Timestamp,
    /// The process that wrote `steady_at`.
    pub run: RunId,
}

impl Deadline {
    /// The deadline `after` from now, on both clocks, in whole milliseconds: clocks show no finer ones.
    ///
    /// Saturates at the end of time rather than failing: limits are checked before.
    #[must_use]
    pub fn after(now: &Now, after: std::time::Duration) -> Self {
        let after = whole_millis(after);
        let add = |at: Timestamp| at.saturating_add(after).unwrap_or(Timestamp::MAX);
        Self { expires_at: add(now.wall), steady_at: add(now.steady), run: now.run }
    }

    /// The instant on the steady clock of process `run`: for a deadline that
    /// another process wrote, its wall instant.
    #[must_use]
    pub fn steady_for(&self, run: RunId) -> Timestamp {
        if self.run == run { self.steady_at } else { self.expires_at }
    }

    /// Whether the deadline has come: on both clocks, so that a step of the
    /// wall clock can neither fire it early nor leave it in limbo.
    #[must_use]
    pub fn is_due(&self, now: &Now) -> bool {
        now.wall >= self.expires_at && now.steady >= self.steady_for(now.run)
    }
}

/// Rounds up: a deadline between two milliseconds must not come at the first of them.
pub(crate) fn whole_millis(time: std::time::Duration) -> std::time::Duration {
    const MILLI: u32 = 1_000_000;
    let beyond = time.subsec_nanos() % MILLI;
    if beyond == 0 { time } else { time.saturating_add(std::time::Duration::from_nanos((MILLI - beyond).into())) }
}
