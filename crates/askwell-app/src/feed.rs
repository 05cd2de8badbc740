//! The feed: every change one may see, oldest first, and live from then on.
//!
//! One tailer a node reads what was committed and fans it out; it rests while
//! nobody listens. A listener first reads the store up to the tailer, then
//! takes what is fanned out; one that falls behind reads the store again. So
//! nothing live comes straight from a commit, and no listener costs a query per event.

use std::any::Any;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use askwell_core::access::Action;
use askwell_core::ids::{SessionId, Version};
use askwell_core::{Change, Session};
use futures::{Stream, StreamExt as _};
use jiff::Timestamp;
use tokio::sync::{Notify, broadcast, watch};

use crate::app::{App, Inner};
use crate::caller::Caller;
use crate::error::AppError;
use crate::ports::{Cursor, StoreError, StoredEvent};

/// Events read from the store at once.
const PAGE: usize = 500;

/// Events that a listener reads at once while it catches up: each holds its page in memory.
const CATCH_UP: usize = 16;

/// Events that a listener may be behind before it reads the store again.
const BACKLOG: usize = 1_000;

const UNPROMPTED: Duration = Duration::from_secs(1);

/// One change, with the session as it was right after it.
#[derive(Clone, Debug)]
pub struct FeedItem {
    /// Its place in the feed.
    pub cursor: Cursor,
    /// What happened.
    pub change: Change,
    /// When.
    pub at: Timestamp,
    /// The session right after it.
    pub session: Arc<Session>,
    /// The session as it stood when this was read: who may see it now, may see what happened to it before.
    current: Arc<Session>,
    made: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl FeedItem {
    /// What a transport makes of the item, made once for all its listeners.
    pub fn once<T: Send + Sync + 'static>(&self, make: impl Fn(&Self) -> T) -> Arc<T> {
        let kept = self.made.get_or_init(|| Arc::new(make(self)));
        // Another transport came first: its thing stays, ours is made anew.
        Arc::clone(kept).downcast().unwrap_or_else(|_| Arc::new(make(self)))
    }
}

/// Where to start in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// With the oldest that is kept.
    Oldest,
    /// From now on.
    Latest,
    /// After this cursor, as text.
    Cursor(String),
}

/// A page of the feed.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// The changes, oldest first.
    pub items: Vec<FeedItem>,
    /// Where to go on.
    pub next: Cursor,
}

/// The feed from some place on, without end.
pub type FeedStream = std::pin::Pin<Box<dyn Stream<Item = Result<Arc<FeedItem>, AppError>> + Send>>;

/// The tailer's side of the feed.
pub(crate) struct Feed {
    fan: broadcast::Sender<Arc<FeedItem>>,
    /// Whether the tailer reads. Changed only under `gate`.
    awake: watch::Sender<bool>,
    gate: Mutex<()>,
    poke: Notify,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            fan: broadcast::Sender::new(BACKLOG),
            awake: watch::Sender::new(false),
            gate: Mutex::new(()),
            poke: Notify::new(),
        }
    }
}

impl Feed {
    /// Something was committed, here or on another node.
    pub(crate) fn poke(&self) {
        if self.fan.receiver_count() > 0 {
            self.poke.notify_one();
        }
    }

    /// Starts to listen; the tailer cannot fall asleep between this and its next look.
    fn listen(&self) -> (broadcast::Receiver<Arc<FeedItem>>, watch::Receiver<bool>) {
        let _gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = (self.fan.subscribe(), self.awake.subscribe());
        self.poke();
        heard
    }

    /// Puts the tailer to rest if nobody listens.
    fn rest(&self) -> bool {
        let _gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let nobody = self.fan.receiver_count() == 0;
        if nobody {
            self.awake.send_replace(false);
        }
        nobody
    }
}

impl App {
    pub(crate) async fn run_feed(self) {
        let inner = &self.inner;
        let mut cursor = None;
        loop {
            if inner.feed.rest() {
                cursor = None;
            } else if let Err(error) = inner.tail(&mut cursor).await {
                tracing::error!(%error, "cannot read the feed; will try again");
            }
            if !self.pause(UNPROMPTED, inner.feed.poke.notified()).await {
                return;
            }
        }
    }

    /// A page of the feed.
    ///
    /// # Errors
    /// [`AppError::CursorExpired`], [`AppError::InvalidCursor`], [`AppError::Unavailable`].
    pub async fn events(&self, caller: &Caller, after: After, limit: usize) -> Result<FeedPage, AppError> {
        let start = self.start_of(caller, after).await?;
        let events = self.inner.store.events(start.clone(), limit).await?;
        let next = events.last().map_or(start, |event| event.cursor.clone());
        let mut items = self.inner.snapshots(events).await?;
        items.retain(|item| self.may_see(caller, &item.current));
        Ok(FeedPage { items, next })
    }

    /// The feed from some place on, without end until the server stops.
    ///
    /// # Errors
    /// As [`App::events`].
    pub async fn follow(&self, caller: &Caller, after: After) -> Result<FeedStream, AppError> {
        let start = self.start_of(caller, after).await?;
        let (fan, mut awake) = self.inner.feed.listen();
        // Only once the tailer is awake is everything after our last read sure to come by the fan.
        tokio::select! {
            awake = awake.wait_for(|awake| *awake) => {
                awake.map_err(|_| AppError::Unavailable("the feed has stopped".to_owned()))?;
            }
            () = self.inner.stopping.cancelled() => return Err(AppError::Unavailable("stopping".to_owned())),
        }
        let follower = Follower { app: self.clone(), fan, cursor: start, ready: VecDeque::new(), behind: true };
        let fallen = Box::pin(self.fallen(caller));
        let (app, caller) = (self.clone(), caller.clone());
        let seen = move |item: &Result<Arc<FeedItem>, AppError>| {
            std::future::ready(item.as_ref().map_or(true, |item| app.may_see(&caller, &item.current)))
        };
        Ok(Box::pin(futures::stream::unfold(follower, Follower::next).filter(seen).take_until(fallen)))
    }

    /// The cursor of a place in the feed.
    ///
    /// # Errors
    /// As [`App::events`].
    pub async fn place(&self, caller: &Caller, after: After) -> Result<Cursor, AppError> {
        self.start_of(caller, after).await
    }

    /// The change at a cursor that the feed was followed from; nothing at its beginning.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    pub async fn change_at(&self, caller: &Caller, at: &Cursor) -> Result<Option<FeedItem>, AppError> {
        let event = self.inner.store.event(at.clone()).await?;
        let item = self.inner.snapshots(event.into_iter().collect()).await?.pop();
        Ok(item.filter(|item| self.may_see(caller, &item.current)))
    }

    async fn start_of(&self, caller: &Caller, after: After) -> Result<Cursor, AppError> {
        self.require(caller, Action::Read, None)?;
        let store = &self.inner.store;
        let span = store.feed_span().await?;
        match after {
            After::Oldest => Ok(span.earliest),
            After::Latest => Ok(span.latest),
            After::Cursor(text) => {
                let cursor = store.parse_cursor(&text).ok_or(AppError::InvalidCursor)?;
                if cursor < span.earliest {
                    return Err(AppError::CursorExpired { earliest: span.earliest });
                }
                // Of another database, or of this one before a backup was put back: what
                // comes up to it would be passed over in silence.
                if cursor > span.latest {
                    return Err(AppError::InvalidCursor);
                }
                Ok(cursor)
            }
        }
    }
}

impl Inner {
    /// Fans out what was committed since `cursor`; at first sets it to the end of the feed.
    async fn tail(&self, cursor: &mut Option<Cursor>) -> Result<(), StoreError> {
        let mut after = if let Some(after) = cursor.take() {
            after
        } else {
            let latest = self.store.feed_span().await?.latest;
            *cursor = Some(latest.clone());
            self.feed.awake.send_replace(true);
            latest
        };
        loop {
            *cursor = Some(after.clone());
            let events = self.store.events(after.clone(), PAGE).await?;
            let Some(last) = events.last() else { return Ok(()) };
            after = last.cursor.clone();
            for item in self.snapshots(events).await? {
                // Whoever waits here for what another node closed, should its notification be lost.
                if item.session.status.is_closed() {
                    self.waiters.wake(item.session.id());
                }
                // Nobody listening any more is no error: the next round puts the tailer to rest.
                let _ = self.feed.fan.send(Arc::new(item));
            }
        }
    }

    /// Each event with the session as it was right after it, and as it stands.
    async fn snapshots(&self, events: Vec<StoredEvent>) -> Result<Vec<FeedItem>, StoreError> {
        let mut known: HashMap<SessionId, Known> = HashMap::new();
        let mut items = Vec::with_capacity(events.len());
        for StoredEvent { cursor, session: id, version, event } in events {
            let known = match known.entry(id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => match self.store.session(id).await? {
                    Some(stored) => place.insert(Known::of(stored.session)),
                    // Removed since by retention, its events with it.
                    None => continue,
                },
            };
            if let Some(session) = self.at_version(known, version).await? {
                let current = Arc::clone(&known.current);
                items.push(FeedItem {
                    cursor,
                    change: event.change,
                    at: event.at,
                    session,
                    current,
                    made: OnceLock::new(),
                });
            }
        }
        Ok(items)
    }

    /// The session at `version`: as it stands if that is its version, else by its history.
    async fn at_version(&self, known: &mut Known, version: Version) -> Result<Option<Arc<Session>>, StoreError> {
        let current = &known.current;
        if current.version == version {
            return Ok(Some(Arc::clone(current)));
        }
        if !known.past.contains_key(&version) {
            let mut session = Session::from_opened(Arc::clone(&current.opened));
            for past in self.store.history(current.id()).await? {
                if !matches!(past.event.change, Change::Opened(_)) {
                    session = session.apply(&past.event);
                }
                if session.version >= version {
                    known.past.insert(session.version, Arc::new(session.clone()));
                }
            }
        }
        Ok(known.past.remove(&version))
    }
}

/// What a page of the feed knows of one session.
struct Known {
    current: Arc<Session>,
    /// What it was before, as far as it is still asked for.
    past: HashMap<Version, Arc<Session>>,
}

impl Known {
    fn of(current: Session) -> Self {
        Self { current: Arc::new(current), past: HashMap::new() }
    }
}

/// One listener's place in the feed.
struct Follower {
    app: App,
    fan: broadcast::Receiver<Arc<FeedItem>>,
    cursor: Cursor,
    ready: VecDeque<Arc<FeedItem>>,
    /// Whether the store has to be read before the fan.
    behind: bool,
}

impl Follower {
    async fn next(mut self) -> Option<(Result<Arc<FeedItem>, AppError>, Self)> {
        let stopping = self.app.stopping();
        // Looked at before each item: a long way to catch up must not hold up the stop.
        while !stopping.is_cancelled() {
            if let Some(item) = self.ready.pop_front() {
                self.cursor = item.cursor.clone();
                return Some((Ok(item), self));
            }
            if self.behind {
                // Boxed: whoever is live does not carry what catching up needs.
                if let Err(error) = Box::pin(self.catch_up()).await {
                    return Some((Err(error), self));
                }
                continue;
            }
            tokio::select! {
                biased;
                () = stopping.cancelled() => return None,
                heard = self.fan.recv() => match heard {
                    Ok(item) if item.cursor > self.cursor => self.ready.push_back(item),
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => self.behind = true,
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
            }
        }
        None
    }

    /// Reads a page; once there is none, the fan has all the rest.
    async fn catch_up(&mut self) -> Result<(), AppError> {
        let inner = &self.app.inner;
        let span = inner.store.feed_span().await?;
        if self.cursor < span.earliest {
            return Err(AppError::CursorExpired { earliest: span.earliest });
        }
        let events = inner.store.events(self.cursor.clone(), CATCH_UP).await?;
        match events.last() {
            None => self.behind = false,
            Some(last) => {
                let end = last.cursor.clone();
                self.ready = inner.snapshots(events).await?.into_iter().map(Arc::new).collect();
                if self.ready.is_empty() {
                    self.cursor = end;
                }
            }
        }
        Ok(())
    }
}
