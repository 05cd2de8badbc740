//! How much is under way to one client.
//!
//! Engine.IO queues whole packets and does not tell how many bytes wait. So we
//! count what we give it, and what the network has taken: by the connection for
//! a websocket, by the answers to its polls otherwise. Invariant: what waits in
//! memory for one client stays below [`LIMIT`] and one event more.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use socketioxide::socket::Sid;
use tokio::sync::OwnedSemaphorePermit;

use super::hub::Hub;
use crate::stall::Line;

/// Bytes that may wait for one client.
pub(super) const LIMIT: u64 = 1 << 20;

/// What frames a packet: type, length, mask; about as much for each transport.
const FRAME: u64 = 8;

/// What is under way to one client. It travels with the request that opened the connection, and
/// holds a place for as long as that lives.
pub(super) struct Flow {
    given: AtomicU64,
    polled: AtomicU64,
    /// The websocket's connection, and what it had written before it became one.
    line: Mutex<Option<(Arc<Line>, u64)>>,
    /// Under which id the hub knows it.
    known_as: OnceLock<(Sid, Weak<Hub>)>,
    _place: OwnedSemaphorePermit,
}

impl Flow {
    pub(super) fn new(place: OwnedSemaphorePermit) -> Self {
        Self {
            given: AtomicU64::new(0),
            polled: AtomicU64::new(0),
            line: Mutex::new(None),
            known_as: OnceLock::new(),
            _place: place,
        }
    }

    /// Says what to tell the hub when it ends.
    pub(super) fn know_as(&self, sid: Sid, hub: Weak<Hub>) {
        let _ = self.known_as.set((sid, hub));
    }

    /// From now on a websocket takes what is given.
    pub(super) fn attach(&self, line: Arc<Line>) {
        let before = line.written();
        *self.line() = Some((line, before));
    }

    /// A poll took so many bytes.
    pub(super) fn poll_took(&self, bytes: u64) {
        self.polled.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many bytes of one packet were given.
    pub(super) fn give(&self, bytes: usize) {
        self.given.fetch_add(bytes as u64 + FRAME, Ordering::Relaxed);
    }

    /// Bytes that the network has taken.
    pub(super) fn taken(&self) -> u64 {
        let written = self.line().as_ref().map_or(0, |(line, before)| line.written().saturating_sub(*before));
        self.polled.load(Ordering::Relaxed) + written
    }

    /// Bytes that wait.
    pub(super) fn waiting(&self) -> u64 {
        let taken = self.taken();
        // More taken than given: packets of the protocol itself. They must not count as room for later.
        let given = self.given.fetch_max(taken, Ordering::Relaxed).max(taken);
        given - taken
    }

    /// Whether more may be given.
    pub(super) fn has_room(&self) -> bool {
        self.waiting() < LIMIT
    }

    /// Ends the websocket's connection; whether there was one.
    pub(super) fn hang_up(&self) -> bool {
        let line = self.line();
        if let Some((line, _)) = &*line {
            line.cut();
        }
        line.is_some()
    }

    fn line(&self) -> MutexGuard<'_, Option<(Arc<Line>, u64)>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        if let Some((sid, hub)) = self.known_as.get()
            && let Some(hub) = hub.upgrade()
        {
            hub.forget(*sid);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;

    fn flow() -> Flow {
        Flow::new(Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap())
    }

    #[test]
    fn what_is_given_waits_until_it_is_taken() {
        let flow = flow();
        flow.give(1_000);
        assert_eq!(flow.waiting(), 1_008);
        flow.poll_took(1_000);
        assert_eq!(flow.waiting(), 8);
        flow.give(usize::try_from(LIMIT).unwrap());
        assert!(!flow.has_room());
        flow.poll_took(LIMIT);
        assert!(flow.has_room());
    }

    #[test]
    fn what_the_protocol_sends_itself_makes_no_room_for_later() {
        let flow = flow();
        flow.poll_took(10 * LIMIT);
        assert_eq!(flow.waiting(), 0);
        flow.give(usize::try_from(LIMIT).unwrap());
        assert!(!flow.has_room());
    }
}
