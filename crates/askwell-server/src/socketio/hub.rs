//! What all sockets share: what is under way to each, and who looks at what.

use std::collections::HashMap;
use std::str::FromStr as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use askwell_core::Session;
use socketioxide::socket::Sid;
use tokio::sync::{Semaphore, broadcast};

use super::flow::Flow;
use super::names;
use super::outbound::Frame;
use super::presence::Presence;

/// News that a socket may be behind before it misses some. They are hints: a missed one harms nobody.
const NEWS: usize = 64;

/// Who looks at a session has changed.
pub(super) struct Looked {
    /// The session, for whoever may see it.
    pub(super) session: Arc<Session>,
    pub(super) frame: Frame,
}

/// What all sockets share.
pub(super) struct Hub {
    looked: broadcast::Sender<Arc<Looked>>,
    flows: Mutex<HashMap<Sid, Weak<Flow>>>,
    pub(super) places: Arc<Semaphore>,
    pub(super) presence: Presence,
}

impl Hub {
    /// A hub for so many sockets.
    pub(super) fn new(max_sockets: usize) -> Self {
        Self {
            looked: broadcast::Sender::new(NEWS),
            flows: Mutex::default(),
            places: Arc::new(Semaphore::new(max_sockets.clamp(1, Semaphore::MAX_PERMITS))),
            presence: Presence::default(),
        }
    }

    /// Tells who looks at a session now.
    pub(super) fn tell_presence(&self, session: Arc<Session>) {
        // Nobody there is no error.
        let _ = self.looked.send(Arc::new(self.looked_at(session)));
    }

    /// Who looks at what now.
    pub(super) fn all_presence(&self) -> Vec<Looked> {
        self.presence.viewed().into_iter().map(|session| self.looked_at(session)).collect()
    }

    fn looked_at(&self, session: Arc<Session>) -> Looked {
        let frame = Frame::of(names::PRESENCE, &self.presence.of(session.id()));
        Looked { session, frame }
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<Arc<Looked>> {
        self.looked.subscribe()
    }

    /// Remembers what is under way to the client with this id, as text.
    pub(super) fn remember(self: &Arc<Self>, sid: &str, flow: &Arc<Flow>) {
        if let Ok(sid) = Sid::from_str(sid) {
            flow.know_as(sid, Arc::downgrade(self));
            self.flows().insert(sid, Arc::downgrade(flow));
        }
    }

    /// What is under way to the client with this id, as text.
    pub(super) fn flow(&self, sid: &str) -> Option<Arc<Flow>> {
        self.flows().get(&Sid::from_str(sid).ok()?)?.upgrade()
    }

    pub(super) fn forget(&self, sid: Sid) {
        self.flows().remove(&sid);
    }

    fn flows(&self) -> MutexGuard<'_, HashMap<Sid, Weak<Flow>>> {
        self.flows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a client for as long as it lives.
pub(super) struct Entered(Arc<AtomicUsize>);

impl Entered {
    pub(super) fn new(clients: &Arc<AtomicUsize>) -> Self {
        clients.fetch_add(1, Ordering::Relaxed);
        metrics::gauge!("askwell_sockets").increment(1.0);
        Self(Arc::clone(clients))
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("askwell_sockets").decrement(1.0);
    }
}
