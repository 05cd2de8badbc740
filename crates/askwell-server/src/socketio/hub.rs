//! What all sockets share: who is there, who looks at what, and what is told
//! beside the feed.

use std::collections::HashMap;
use std::str::FromStr as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use askwell_app::ports::StoredSession;
use askwell_core::ids::SessionId;
use socketioxide::socket::Sid;
use tokio::sync::{Semaphore, broadcast};

use super::flow::Flow;
use super::outbound::Frame;
use super::presence::Presence;
use crate::locale::Locale;

/// News that a socket may be behind before it misses some. They are hints: a missed one harms nobody.
const NEWS: usize = 64;

/// Something told beside the feed, about one session.
#[derive(Clone)]
pub(super) struct News {
    pub(super) session: SessionId,
    pub(super) workflow_id: Option<String>,
    pub(super) frame: Frame,
}

/// What all sockets share.
pub(crate) struct Hub {
    news: broadcast::Sender<Arc<News>>,
    flows: Mutex<HashMap<Sid, Weak<Flow>>>,
    pub(super) places: Arc<Semaphore>,
    pub(super) presence: Presence,
    connected: AtomicUsize,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("connected", &self.connected).finish_non_exhaustive()
    }
}

impl Hub {
    /// A hub for so many sockets.
    pub(crate) fn new(max_sockets: usize) -> Self {
        Self {
            news: broadcast::Sender::new(NEWS),
            flows: Mutex::default(),
            places: Arc::new(Semaphore::new(max_sockets.clamp(1, Semaphore::MAX_PERMITS))),
            presence: Presence::default(),
            connected: AtomicUsize::new(0),
        }
    }

    /// Tells every client again that a review waits, if it still does: whoever asked asks again.
    pub(crate) fn repeat_review(&self, stored: &StoredSession, locale: Locale) {
        let session = &stored.session;
        if !session.status.is_closed() {
            let workflow_id = session.opened.workflow_id.clone();
            let frame = Frame::review(session, &stored.cursor.0, locale);
            self.tell(News { session: session.id(), workflow_id, frame });
        }
    }

    /// How many clients are connected.
    pub(crate) fn connected(&self) -> usize {
        self.connected.load(Ordering::Relaxed)
    }

    pub(super) fn tell(&self, news: News) {
        // Nobody there is no error.
        let _ = self.news.send(Arc::new(news));
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<Arc<News>> {
        self.news.subscribe()
    }

    /// Counts a client for as long as the guard lives.
    pub(super) fn enter(self: &Arc<Self>) -> Entered {
        self.connected.fetch_add(1, Ordering::Relaxed);
        metrics::gauge!("askwell_sockets").increment(1.0);
        Entered(Arc::clone(self))
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
pub(super) struct Entered(Arc<Hub>);

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.connected.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("askwell_sockets").decrement(1.0);
    }
}
