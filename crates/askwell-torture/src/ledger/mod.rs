//! The clients' books: all that they asked for, and what they were told. Nothing in here comes from the server's own
//! account of itself.
//!
//! Invariant: what is sent is written down before it is sent; what was told, when it came. Neighbours: `load` writes,
//! `judge` compares with what `seen` collects afterwards, `history` makes histories of it.

mod book;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;

pub(crate) use book::{Act, Asked, Deed, Entry, Heard, Told, Upload};

use crate::clients::Refusal;

/// The books. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    entries: Arc<Mutex<Vec<Entry>>>,
    acknowledged: Arc<watch::Sender<u64>>,
    margins: Arc<Mutex<Margins>>,
}

/// What is noted beside the entries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Margins {
    /// Outcomes that came to somebody who waits or listens, by the session that they waited for.
    pub(crate) heard: Vec<(String, Heard)>,
    /// Why requests failed while the server was said to be well.
    pub(crate) refusals: Vec<String>,
    /// How late deadlines fired, as a waiter saw it, while the server was well.
    pub(crate) lateness: Vec<Duration>,
    /// Who was not woken by a close.
    pub(crate) stuck: Vec<String>,
}

impl Default for Ledger {
    fn default() -> Self {
        let acknowledged = Arc::new(watch::Sender::new(0));
        Self { entries: Arc::default(), acknowledged, margins: Arc::default() }
    }
}

/// Where an entry is in the books.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(usize);

/// Where an act is in its entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActPlace(Place, usize);

impl Ledger {
    /// A create is about to be sent.
    pub(crate) fn ask(&self, asked: Asked) -> Place {
        let mut entries = self.lock();
        entries.push(Entry::new(asked));
        Place(entries.len() - 1)
    }

    /// A create was acknowledged with this session.
    pub(crate) fn opened(&self, place: Place, session: &Value) {
        let is_new = self.lock()[place.0].opened(session);
        self.count(u64::from(is_new));
    }

    /// An answer, a cancel or a read is about to be sent.
    pub(crate) fn act(&self, place: Place, deed: Deed) -> ActPlace {
        let mut entries = self.lock();
        let acts = &mut entries[place.0].acts;
        acts.push(Act { deed, sent: Instant::now(), told: Told::Nothing, at: None });
        ActPlace(place, acts.len() - 1)
    }

    /// What came of it.
    pub(crate) fn told(&self, act: ActPlace, reply: &Result<Value, Refusal>) {
        let mut entries = self.lock();
        let act = &mut entries[act.0.0].acts[act.1];
        act.hear(reply);
        let counts = matches!(act.told, Told::Done(_)) && !matches!(act.deed, Deed::Read);
        drop(entries);
        self.count(u64::from(counts));
    }

    /// An upload was acknowledged.
    pub(crate) fn uploaded(&self, place: Place, upload: Upload) {
        self.lock()[place.0].uploads.push(upload);
        self.count(1);
    }

    /// Somebody who waits for this session, or listens to all, was told of a session.
    pub(crate) fn heard(&self, id: &str, heard: Heard) {
        self.margins().heard.push((id.to_owned(), heard));
    }

    /// A request failed while the server was said to be well.
    pub(crate) fn refused(&self, why: String) {
        self.margins().refusals.push(why);
    }

    /// A deadline fired so late, as a waiter saw it, while the server was well.
    pub(crate) fn late(&self, by: Duration) {
        self.margins().lateness.push(by);
    }

    /// A waiter was not woken although its session had closed and the server was well.
    pub(crate) fn stuck(&self, id: &str) {
        self.margins().stuck.push(id.to_owned());
    }

    /// A copy of what is noted beside the entries.
    pub(crate) fn notes(&self) -> Margins {
        self.margins().clone()
    }

    /// Creates, answers, cancels and uploads that were acknowledged.
    pub(crate) fn acknowledged(&self) -> u64 {
        *self.acknowledged.borrow()
    }

    /// Waits until so many are acknowledged.
    pub(crate) async fn reaches(&self, count: u64) {
        // The sender lives as long as `self`.
        let _ = self.acknowledged.subscribe().wait_for(|reached| *reached >= count).await;
    }

    /// A copy of all entries.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.lock().clone()
    }

    fn count(&self, more: u64) {
        if more > 0 {
            self.acknowledged.send_modify(|count| *count += more);
        }
    }

    fn margins(&self) -> MutexGuard<'_, Margins> {
        self.margins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
