//! How much is under way to one client.
//!
//! Engine.IO queues whole packets and does not tell how many bytes wait. So we
//! count what we give it, and what the network has taken: by the connection for
//! a websocket, by the answers to its polls otherwise. Invariants: what waits in
//! memory for one client stays below [`LIMIT`] and one event more; a poll is
//! answered with no more packets than the official Python client takes, and no
//! more bytes than Engine.IO answers at once.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use socketioxide::socket::Sid;
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio_util::sync::CancellationToken;

use super::hub::Hub;
use crate::stall::Line;

/// Bytes that may wait for one client beside the first packet. Little: the rest is as well off in the feed, and a
/// heartbeat has to come through behind it within its 20 s, also to a client that reads 24 KB a second. It also keeps
/// polls well below 1 MiB: what would make one larger, Engine.IO sets aside, and loses in an upgrade.
pub(super) const LIMIT: u64 = 128 << 10;

/// Packets that may wait for a poll. The official Python client drops a connection that answers a poll with
/// more than 16, and Engine.IO has packets of its own.
const POLLED: u32 = 12;

/// Packets that may be under way to a websocket. Engine.IO's queue holds more, and an acknowledgement that finds it
/// full is lost.
const UNDER_WAY: u32 = 200;

/// What is under way to one client. It travels with the request that opened the connection, and
/// holds a place for as long as that lives.
pub(super) struct Flow {
    given: AtomicU64,
    polled: AtomicU64,
    /// Packets that wait for a poll, or were given to a websocket since it had taken all.
    packets: AtomicU32,
    took: Notify,
    /// The connection that is, or asks to become, the client's websocket; and what it had written before.
    line: Mutex<Option<(Arc<Line>, u64)>>,
    is_websocket: AtomicBool,
    /// No more polls are answered: the client is to come back.
    over: CancellationToken,
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
            is_websocket: AtomicBool::new(false),
            over: CancellationToken::new(),
            known_as: OnceLock::new(),
            _place: place,
        }
    }

    /// Says what to tell the hub when it ends.
    pub(super) fn know_as(&self, sid: Sid, hub: Weak<Hub>) {
        let _ = self.known_as.set((sid, hub));
    }

    /// A connection asks to become the client's websocket. Whether it does is seen later.
    pub(super) fn offer(&self, line: Arc<Line>) {
        if !self.is_websocket() {
            let before = line.written();
            *self.line() = Some((line, before));
        }
    }

    /// The client is a websocket now: the last connection that was offered takes what is given.
    pub(super) fn upgraded(&self) {
        self.is_websocket.store(true, Ordering::Release);
    }

    pub(super) fn is_websocket(&self) -> bool {
        self.is_websocket.load(Ordering::Acquire)
    }

    /// A poll took so many bytes in so many packets.
    pub(super) fn poll_took(&self, bytes: usize, packets: usize) {
        self.polled.fetch_add(bytes as u64, Ordering::Relaxed);
        self.less_packets(u32::try_from(packets).unwrap_or(u32::MAX));
        self.took.notify_one();
    }

    /// One packet of at least so many bytes is given. Said before it is, as it may be taken at once.
    pub(super) fn give(&self, bytes: usize) {
        self.given.fetch_add(self.framed(bytes), Ordering::Relaxed);
        self.packets.fetch_add(1, Ordering::Relaxed);
    }

    /// It was not given after all.
    pub(super) fn take_back(&self, bytes: usize) {
        let bytes = self.framed(bytes);
        let less = |before: u64| Some(before.saturating_sub(bytes));
        let _ = self.given.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        self.less_packets(1);
    }

    /// A packet with what a websocket puts around it.
    fn framed(&self, bytes: usize) -> u64 {
        let header = match bytes {
            _ if !self.is_websocket() => 0,
            0..126 => 2,
            126..65_536 => 4,
            _ => 10,
        };
        (bytes + header) as u64
    }

    fn less_packets(&self, packets: u32) {
        let less = |before: u32| Some(before.saturating_sub(packets));
        let _ = self.packets.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// Bytes that the network has taken.
    pub(super) fn taken(&self) -> u64 {
        let written = match &*self.line() {
            Some((line, before)) if self.is_websocket() => line.written().saturating_sub(*before),
            _ => 0,
        };
        self.polled.load(Ordering::Relaxed) + written
    }

    /// Bytes that wait.
    pub(super) fn waiting(&self) -> u64 {
        let taken = self.taken();
        // More taken than given: frames, and packets of the protocol itself. They must not count as room for later.
        let given = self.given.fetch_max(taken, Ordering::Relaxed).max(taken);
        given - taken
    }

    /// Whether anything more may be given.
    pub(super) fn has_room(&self) -> bool {
        self.has_room_for(0)
    }

    /// Whether a packet of so many bytes may be given.
    pub(super) fn has_room_for(&self, bytes: usize) -> bool {
        let waiting = self.waiting();
        if self.is_websocket() {
            if waiting == 0 {
                self.packets.store(0, Ordering::Relaxed);
            }
            return waiting < LIMIT && self.packets.load(Ordering::Relaxed) < UNDER_WAY;
        }
        let packets = self.packets.load(Ordering::Relaxed);
        packets == 0 || (packets < POLLED && waiting + (bytes as u64) < LIMIT)
    }

    /// Waits for something to be taken. A poll tells; a websocket is looked at after a moment.
    pub(super) async fn some_taken(&self) {
        let quiet = self.line().is_none();
        let moment = if quiet { Duration::from_secs(1) } else { Duration::from_millis(20) };
        let _ = tokio::time::timeout(moment, self.took.notified()).await;
    }

    /// Ends the connection in a way that makes the client come back by itself.
    pub(super) fn send_back(&self) {
        self.over.cancel();
        if self.is_websocket()
            && let Some((line, _)) = &*self.line()
        {
            line.cut();
        }
    }

    /// Completes when no more polls are answered.
    pub(super) async fn is_over(&self) {
        self.over.cancelled().await;
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

    const MIB: usize = 1 << 20;

    fn flow() -> Flow {
        Flow::new(Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap())
    }

    #[test]
    fn what_is_given_waits_until_it_is_taken() {
        let flow = flow();
        flow.give(MIB);
        assert_eq!(flow.waiting(), 1 << 20);
        assert!(flow.waiting() >= LIMIT && !flow.has_room());
        flow.poll_took(MIB, 1);
        assert_eq!(flow.waiting(), 0);
        // The first may be as large as it likes.
        assert!(flow.has_room_for(5 * MIB));
        flow.give(1_000);
        assert!(flow.has_room_for(1_000) && !flow.has_room_for(MIB));
        flow.take_back(1_000);
        assert!(flow.has_room_for(MIB));
    }

    #[test]
    fn what_the_protocol_sends_itself_makes_no_room_for_later() {
        let flow = flow();
        flow.poll_took(10 * MIB, 1);
        assert_eq!(flow.waiting(), 0);
        flow.give(MIB);
        assert!(flow.waiting() >= LIMIT);
    }

    #[test]
    fn a_poll_is_answered_with_few_packets_and_a_websocket_takes_all() {
        let flow = flow();
        while flow.has_room_for(1) {
            flow.give(1);
        }
        assert_eq!(flow.packets.load(Ordering::Relaxed), 12);
        flow.poll_took(9, 2);
        assert!(flow.has_room());
        flow.give(1);
        flow.give(1);
        assert!(!flow.has_room());
        // A connection that only asks to be its websocket takes nothing yet.
        flow.offer(Arc::default());
        assert!(!flow.has_room());
        flow.upgraded();
        assert!(flow.has_room());
    }
}
