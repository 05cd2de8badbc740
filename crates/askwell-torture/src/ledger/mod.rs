//! The clients' books: all that they asked for, and what they were told. Nothing in here comes from the server's own
//! account of itself.
//!
//! Invariant: what is sent is written down before it is sent; what was told, when it came. Neighbours: `load` writes,
//! `judge` compares with what `seen` collects afterwards, `history` makes histories of it.

mod book;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::Value;
use tokio::sync::watch;

pub(crate) use book::{Act, Asked, Deed, Entry, Heard, Told, Upload};

use crate::clients::Refusal;

/// The books. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    entries: Arc<Mutex<Vec<Entry>>>,
    acknowledged: Arc<watch::Sender<u64>>,
    refused: Arc<Mutex<Vec<String>>>,
}

impl Default for Ledger {
    fn default() -> Self {
        let acknowledged = Arc::new(watch::Sender::new(0));
        Self { entries: Arc::default(), acknowledged, refused: Arc::default() }
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

    /// Somebody was told of an outcome without asking for one: a waiter, a socket.
    pub(crate) fn heard(&self, place: Place, heard: Heard) {
        self.lock()[place.0].heard.push(heard);
    }

    /// A request failed while the server was said to be well.
    pub(crate) fn refused(&self, why: String) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).push(why);
    }

    /// Why requests failed while the server was said to be well.
    pub(crate) fn refusals(&self) -> Vec<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
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

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
