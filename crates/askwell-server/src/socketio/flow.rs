//! How much is under way to one client.
//!
//! Engine.IO queues whole packets and does not tell how many bytes wait. So we
//! count what we give it, and what the network has taken: by the connection for
//! a websocket, by the answers to its polls otherwise. Invariants: what waits in
//! memory for one client stays below [`LIMIT`] and one event more; no poll is
//! answered with more packets than the official Python client takes.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use socketioxide::socket::Sid;
use tokio::sync::{Notify, OwnedSemaphorePermit};

use super::hub::Hub;
use crate::stall::Line;

/// Bytes that may wait for one client.
pub(super) const LIMIT: u64 = 1 << 20;

/// Packets that may wait for a poll. The official Python client drops a connection that answers a poll with
/// more than 16, and Engine.IO has packets of its own.
const POLLED: u32 = 12;

/// What frames a packet: type, length, mask; about as much for each transport.
const FRAME: u64 = 8;

/// What is under way to one client. It travels with the request that opened the connection, and
/// holds a place for as long as that lives.
pub(super) struct Flow {
    given: AtomicU64,
    polled: AtomicU64,
    /// Packets that wait for a poll.
    packets: AtomicU32,
    took: Notify,
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
            packets: AtomicU32::new(0),
            took: Notify::new(),
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
        self.took.notify_one();
    }

    /// A poll took so many bytes in so many packets.
    pub(super) fn poll_took(&self, bytes: usize, packets: usize) {
        self.polled.fetch_add(bytes as u64, Ordering::Relaxed);
        let packets = u32::try_from(packets).unwrap_or(u32::MAX);
        let _ = self
            .packets
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |before| Some(before.saturating_sub(packets)));
        self.took.notify_one();
    }

    /// So many bytes of one packet were given.
    pub(super) fn give(&self, bytes: usize) {
        self.given.fetch_add(bytes as u64 + FRAME, Ordering::Relaxed);
        self.packets.fetch_add(1, Ordering::Relaxed);
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
        !self.is_full() && (self.is_websocket() || self.packets.load(Ordering::Relaxed) < POLLED)
    }

    /// Whether as many bytes wait as may.
    pub(super) fn is_full(&self) -> bool {
        self.waiting() >= LIMIT
    }

    /// Waits for a poll to take something. A websocket does not tell: it is looked at after a moment.
    pub(super) async fn some_taken(&self) {
        let moment = if self.is_websocket() { Duration::from_millis(20) } else { Duration::from_secs(1) };
        let _ = tokio::time::timeout(moment, self.took.notified()).await;
    }

    fn is_websocket(&self) -> bool {
        self.line().is_some()
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
        flow.poll_took(1_000, 1);
        assert_eq!(flow.waiting(), 8);
        flow.give(usize::try_from(LIMIT).unwrap());
        assert!(!flow.has_room());
        flow.poll_took(usize::try_from(LIMIT).unwrap(), 1);
        assert!(flow.has_room());
    }

    #[test]
    fn what_the_protocol_sends_itself_makes_no_room_for_later() {
        let flow = flow();
        flow.poll_took(usize::try_from(10 * LIMIT).unwrap(), 1);
        assert_eq!(flow.waiting(), 0);
        flow.give(usize::try_from(LIMIT).unwrap());
        assert!(!flow.has_room());
    }

    #[test]
    fn a_poll_is_answered_with_few_packets_and_a_websocket_takes_all() {
        let flow = flow();
        let given =
            std::iter::repeat_with(|| flow.has_room().then(|| flow.give(1))).map_while(|given| given).take(100).count();
        assert_eq!(given, 12);
        flow.poll_took(9, 2);
        assert!(flow.has_room());
        flow.give(1);
        flow.give(1);
        assert!(!flow.has_room());
        flow.attach(Arc::default());
        assert!(flow.has_room());
    }
}
