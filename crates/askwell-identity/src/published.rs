//! A document that a provider publishes: its keys, or what it says of itself.
//!
//! Invariant: whatever tokens come in, it is fetched at most once a minute for
//! what is not in it (every five seconds while there is none, and after a fetch
//! that was due anyway), and who comes while it is being fetched waits for that
//! one fetch. Neither a call that was given up half-way nor a fetch that no
//! missing key asked for uses up the minute, or new keys would be kept out.
//! Neighbours: [`crate::bearer`] and [`crate::oidc`] ask for it.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use askwell_app::ports::{FetchRequest, Sender, SignInError};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// After this it is fetched again, so that what was withdrawn stops counting.
const MAX_AGE: Duration = Duration::from_mins(10);
/// For so long an old one stands in for one that cannot be fetched.
const MAX_STALE: Duration = Duration::from_hours(24);
/// After a fetch for what was not in the one there was, which anybody can make up, and after one that failed.
const PAUSE: Duration = Duration::from_mins(1);
/// After a fetch that was due anyway, and while there is none: a key may be published right after it.
const PAUSE_SHORT: Duration = Duration::from_secs(5);
/// After a fetch that was given up.
const PAUSE_ABANDONED: Duration = Duration::from_secs(1);

type Read<T> = Box<dyn Fn(&[u8]) -> Result<T, String> + Send + Sync>;

/// A document and where it comes from.
pub(crate) struct Published<T> {
    url: String,
    sender: Arc<dyn Sender>,
    read: Read<T>,
    current: RwLock<Option<Kept<T>>>,
    gate: Mutex<Gate>,
    doubted: AtomicBool,
}

struct Kept<T> {
    document: Arc<T>,
    at: Instant,
}

/// Whoever holds it fetches.
#[derive(Default)]
struct Gate {
    not_before: Option<Instant>,
    failure: String,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self { document: Arc::clone(&self.document), at: self.at }
    }
}

impl<T> fmt::Debug for Published<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Published").field("url", &self.url).finish_non_exhaustive()
    }
}

impl<T: Send + Sync> Published<T> {
    /// Not fetched yet.
    pub(crate) fn new(
        url: String,
        sender: Arc<dyn Sender>,
        read: impl Fn(&[u8]) -> Result<T, String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            url,
            sender,
            read: Box::new(read),
            current: RwLock::default(),
            gate: Mutex::default(),
            doubted: AtomicBool::new(false),
        }
    }

    /// The document; fetched where there is none, an old one, or one in which `fits` does not find what it looks for.
    pub(crate) async fn get(&self, fits: impl Fn(&T) -> bool + Send) -> Result<Arc<T>, SignInError> {
        let seen = self.current();
        let was_missed = seen.as_ref().is_some_and(|copy| !fits(&copy.document));
        let fitting = seen.as_ref().filter(|copy| fits(&copy.document) && copy.at.elapsed() < MAX_STALE).cloned();
        let mut gate = match fitting {
            Some(copy) if copy.at.elapsed() < MAX_AGE && !self.doubted.load(Ordering::Relaxed) => {
                return Ok(copy.document);
            }
            // Somebody fetches already; nobody needs to wait for that.
            Some(copy) => match self.gate.try_lock() {
                Ok(gate) => gate,
                Err(_) => return Ok(copy.document),
            },
            None => self.gate.lock().await,
        };
        let current = self.current();
        if current.as_ref().map(|copy| copy.at) != seen.as_ref().map(|copy| copy.at) {
            // Fetched while we waited.
            return current.map(|copy| copy.document).ok_or_else(|| SignInError::Unavailable(gate.failure.clone()));
        }
        let now = Instant::now();
        let usable = current.filter(|copy| copy.at.elapsed() < MAX_STALE);
        if gate.not_before.is_none_or(|not_before| now >= not_before) {
            // Stands if this call is given up while it waits.
            gate.not_before = Some(now + PAUSE_ABANDONED);
            self.doubted.store(false, Ordering::Relaxed);
            match self.fetch().await {
                Ok(document) => {
                    gate.not_before = Some(now + if was_missed { PAUSE } else { PAUSE_SHORT });
                    let document = Arc::new(document);
                    let copy = Kept { document: Arc::clone(&document), at: now };
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(copy);
                    return Ok(document);
                }
                Err(reason) => {
                    gate.not_before = Some(now + if usable.is_some() { PAUSE } else { PAUSE_SHORT });
                    gate.failure = format!("{} cannot be used: {reason}", self.url);
                    tracing::warn!(reason = gate.failure, "a provider's document");
                }
            }
        }
        usable.map(|copy| copy.document).ok_or_else(|| SignInError::Unavailable(gate.failure.clone()))
    }

    /// What it says did not work: the next time it is fetched anew, as soon as that may be.
    pub(crate) fn doubt(&self) {
        self.doubted.store(true, Ordering::Relaxed);
    }

    fn current(&self) -> Option<Kept<T>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch(&self) -> Result<T, String> {
        let headers = vec![("accept".to_owned(), "application/json".to_owned())];
        let request = FetchRequest { method: "GET".into(), url: self.url.clone(), headers, body: Vec::new() };
        let fetched = self.sender.fetch(request).await.map_err(|error| error.0)?;
        if fetched.status != 200 {
            return Err(format!("it answers {}, expected 200", fetched.status));
        }
        (self.read)(&fetched.body)
    }
}
