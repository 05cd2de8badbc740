//! What a limit remembers of each key: until when its uses are used up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;

/// A cell for each key. Clones are the same cells.
#[derive(Clone, Default)]
pub(super) struct Cells(Arc<Mutex<HashMap<u64, Nanos>>>);

impl Cells {
    /// Whether the key has a cell, or there are fewer than `most`.
    pub(super) fn has_room_for(&self, key: u64, most: usize) -> bool {
        let cells = self.lock();
        cells.len() < most || cells.contains_key(&key)
    }

    /// Until when the key's uses are used up, from the limiter's start.
    pub(super) fn used(&self, key: u64) -> Option<Duration> {
        self.lock().get(&key).copied().map(Into::into)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Nanos>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for Cells {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut cells = self.lock();
        let (outcome, until) = decide(cells.get(key).copied())?;
        cells.insert(*key, until);
        Ok(outcome)
    }
}

impl ShrinkableKeyedStateStore<u64> for Cells {
    fn retain_recent(&self, drop_below: Nanos) {
        self.lock().retain(|_, until| *until >= drop_below);
    }

    fn shrink_to_fit(&self) {
        self.lock().shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.lock().len()
    }

    fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }
}
