//! Blocking until a session closes, or out of patience.
//!
//! A waiter subscribes, then reads: whatever commits after the read wakes it.
//! It reads once when it parks and once when woken; nothing is done for it in between.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use askwell_core::ids::SessionId;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::app::{App, Inner};
use crate::caller::Caller;
use crate::error::AppError;
use crate::ports::StoredSession;

/// The longest a single wait lasts; longer ones are cut to it.
pub(crate) const MAX_PATIENCE: Duration = Duration::from_mins(5);

const SHARDS: usize = 64;

/// Who waits for which session.
pub(crate) struct WaitHub {
    shards: Vec<Mutex<HashMap<SessionId, Waiting>>>,
    hasher: RandomState,
}

struct Waiting {
    notify: Arc<Notify>,
    count: usize,
}

impl Default for WaitHub {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

impl WaitHub {
    /// Wakes whoever waits for `id`.
    pub(crate) fn wake(&self, id: SessionId) {
        let notify = self.shard(id).get(&id).map(|waiting| Arc::clone(&waiting.notify));
        if let Some(notify) = notify {
            notify.notify_waiters();
        }
    }

    /// Whether somebody waits for `id` right now.
    fn is_awaited(&self, id: SessionId) -> bool {
        self.shard(id).contains_key(&id)
    }

    fn subscribe(&self, id: SessionId) -> Subscription<'_> {
        Subscription { hub: self, id, notify: self.enter(id) }
    }

    /// One more waits for `id`.
    fn enter(&self, id: SessionId) -> Arc<Notify> {
        let mut shard = self.shard(id);
        let waiting = shard.entry(id).or_insert_with(|| Waiting { notify: Arc::default(), count: 0 });
        waiting.count += 1;
        Arc::clone(&waiting.notify)
    }

    /// One fewer does.
    fn leave(&self, id: SessionId) {
        if let Entry::Occupied(mut entry) = self.shard(id).entry(id) {
            entry.get_mut().count -= 1;
            if entry.get().count == 0 {
                entry.remove();
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "only the low bits choose a shard")]
    fn shard(&self, id: SessionId) -> MutexGuard<'_, HashMap<SessionId, Waiting>> {
        let index = self.hasher.hash_one(id) as usize % SHARDS;
        // A poisoned shard is whole: no panic can happen between its changes.
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Subscription<'a> {
    hub: &'a WaitHub,
    id: SessionId,
    notify: Arc<Notify>,
}

impl Drop for Subscription<'_> {
    fn drop(&mut self) {
        self.hub.leave(self.id);
    }
}

/// Somebody waits for a session by other means than [`App::wait`], for as long as this lives.
pub struct Awaiting {
    inner: Arc<Inner>,
    id: SessionId,
}

impl std::fmt::Debug for Awaiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Awaiting").field(&self.id).finish()
    }
}

impl Drop for Awaiting {
    fn drop(&mut self) {
        self.inner.waiters.leave(self.id);
    }
}

/// Counts what is going on for as long as it lives.
struct Gauge(metrics::Gauge);

impl Gauge {
    fn enter(name: &'static str) -> Self {
        let gauge = metrics::gauge!(name);
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for Gauge {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

impl App {
    /// Says that somebody waits for a session by other means than [`App::wait`].
    #[must_use]
    pub fn awaiting(&self, id: SessionId) -> Awaiting {
        self.inner.waiters.enter(id);
        Awaiting { inner: Arc::clone(&self.inner), id }
    }

    /// Whether somebody waits, on this node, for the session to close.
    pub(crate) fn is_awaited(&self, id: SessionId) -> bool {
        self.inner.waiters.is_awaited(id)
    }

    /// The session as soon as it is closed, else as it is after `patience` (at most five minutes).
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Unavailable`].
    pub async fn wait(&self, caller: &Caller, id: SessionId, patience: Duration) -> Result<StoredSession, AppError> {
        let inner = &self.inner;
        // Boxed, and only where there is something that can fall: a waiter must cost little.
        let mut fallen = caller.credential.is_some().then(|| Box::pin(self.fallen(caller)));
        let subscription = inner.waiters.subscribe(id);
        let until = inner.clock.now().steady.saturating_add(patience.min(MAX_PATIENCE)).unwrap_or(Timestamp::MAX);
        let stored = loop {
            let woken = subscription.notify.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let stored = self.readable(caller, id).await?;
            let left = Duration::try_from(until.duration_since(inner.clock.now().steady)).unwrap_or_default();
            // Stopping ends a wait like lost patience: with the session as it is.
            if stored.session.status.is_closed() || left.is_zero() || inner.stopping.is_cancelled() {
                break stored;
            }
            // A waiter carries nothing while it is parked.
            drop(stored);
            let _waiting = Gauge::enter("askwell_waiting");
            match &mut fallen {
                None => drop(self.pause(left, woken).await),
                Some(fallen) => tokio::select! {
                    _ = self.pause(left, woken) => {}
                    () = fallen => return Err(AppError::Unauthenticated),
                },
            }
        };
        if stored.session.state.response.is_some() {
            self.picked_up(id);
        }
        Ok(stored)
    }
}
