//! Telling clients that a resource has changed.
//!
//! Job: follow the feed that sockets and streams follow, and say which of the
//! addresses that a client subscribed to is not as it was. Invariants: nothing
//! is told of what the caller may not see; a client that is slow falls behind
//! in the feed and costs no memory.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use askwell_app::ports::Cursor;
use askwell_app::{After, App, AppError, Caller, FeedItem, FeedStream};
use futures::StreamExt as _;
use rmcp::model::{ResourceUpdatedNotificationParam, SubscriptionFilter};
use rmcp::service::{Peer, RoleServer, SubscriptionContext};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::resources::Place;

/// Addresses that one client may subscribe to.
const MOST: usize = 256;

/// What of a wish to hear of changes can be met.
pub(super) fn accepted(wished: &SubscriptionFilter) -> SubscriptionFilter {
    let uris = wished.resource_subscriptions.iter().flatten();
    let ours: Vec<String> = uris.filter(|uri| uri.parse::<Place>().is_ok()).take(MOST).cloned().collect();
    let mut accepted = SubscriptionFilter::new();
    accepted.resource_subscriptions = (!ours.is_empty()).then_some(ours);
    accepted
}

/// Stands beside a request to listen: where the feed was before the client could hear that it is listened for.
#[derive(Clone, Debug)]
pub(super) struct ListensFrom(Cursor);

impl ListensFrom {
    /// From now on; nothing where the caller may not listen, which it is told when it does.
    pub(super) async fn now(app: &App, caller: &Caller) -> Option<Self> {
        app.place(caller, After::Latest).await.ok().map(Self)
    }

    fn after(&self) -> After {
        After::Cursor(self.0.to_string())
    }
}

/// Tells of changes until the client leaves, the server stops, or the caller's credential falls.
///
/// # Errors
/// The feed cannot be followed.
pub(super) async fn listen(
    app: &App,
    caller: &Caller,
    from: Option<&ListensFrom>,
    context: &SubscriptionContext,
) -> Result<(), AppError> {
    let uris = context.accepted().resource_subscriptions.iter().flatten();
    let places: HashSet<Place> = uris.filter_map(|uri| uri.parse().ok()).collect();
    let mut changes = app.follow(caller, from.map_or(After::Latest, ListensFrom::after)).await?;
    loop {
        let item = tokio::select! {
            biased;
            () = context.cancelled() => return Ok(()),
            item = changes.next() => item,
        };
        let Some(item) = item else { return Ok(()) };
        for place in changed(&*item?, &places) {
            if context.sink().notify_resource_updated(place.uri()).await.is_err() {
                return Ok(());
            }
        }
    }
}

/// Which of these are not as they were. A claim or a delegation is nothing to who asked.
fn changed(item: &FeedItem, places: &HashSet<Place>) -> Vec<Place> {
    let (session, first) = (&item.session, item.session.version.0 == 1);
    let mut all = vec![Place::One(session.id())];
    if first || session.status.is_closed() {
        all.push(Place::Pending);
    }
    all.retain(|place| places.contains(place));
    all
}

/// The subscriptions of a client of a revision that has sessions.
#[derive(Clone, Debug, Default)]
pub(super) struct Subscriptions {
    inner: Arc<Mutex<Held>>,
}

/// A client subscribed to as much as it may.
#[derive(Debug)]
pub(super) struct TooMany;

/// What one client subscribed to.
#[derive(Debug, Default)]
pub(super) struct Held {
    places: HashSet<Place>,
    /// Ends the telling when nobody is left to be told.
    telling: Option<Telling>,
}

impl Held {
    /// The telling that must now be begun, if none goes on.
    fn begin(&mut self) -> Option<CancellationToken> {
        if self.telling.as_ref().is_some_and(|telling| !telling.over.is_cancelled()) {
            return None;
        }
        let over = CancellationToken::new();
        self.telling = Some(Telling { over: over.clone(), _guard: over.clone().drop_guard() });
        Some(over)
    }
}

/// Somebody tells of changes, until this is dropped.
#[derive(Debug)]
struct Telling {
    over: CancellationToken,
    _guard: DropGuard,
}

impl Subscriptions {
    fn held(&self) -> MutexGuard<'_, Held> {
        // Poisoned it is whole: no panic can happen between its changes.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more; the telling that must now be begun, where it is the first.
    ///
    /// # Errors
    /// There are too many.
    pub(super) fn add(&self, place: Place) -> Result<Option<CancellationToken>, TooMany> {
        let mut held = self.held();
        if held.places.len() >= MOST && !held.places.contains(&place) {
            return Err(TooMany);
        }
        held.places.insert(place);
        Ok(held.begin())
    }

    /// The telling that must be begun again: the credential with which the client subscribed has fallen, and it has come
    /// with another.
    pub(super) fn resume(&self) -> Option<CancellationToken> {
        let mut held = self.held();
        if held.places.is_empty() { None } else { held.begin() }
    }

    /// For who tells, and must not keep them.
    pub(super) fn held_by(&self) -> Weak<Mutex<Held>> {
        Arc::downgrade(&self.inner)
    }

    /// One fewer.
    pub(super) fn remove(&self, place: Place) {
        let mut held = self.held();
        held.places.remove(&place);
        if held.places.is_empty() {
            held.telling = None;
        }
    }
}

/// Tells a client again that was told nothing for a while: first of all it subscribed to, as anything may have changed.
pub(super) async fn tell_again(
    app: App,
    caller: Caller,
    subscriptions: Weak<Mutex<Held>>,
    peer: Peer<RoleServer>,
    over: CancellationToken,
) {
    let changes = match app.follow(&caller, After::Latest).await {
        Ok(changes) => changes,
        Err(error) => {
            tracing::debug!(%error, "a client cannot be told of changes again");
            return over.cancel();
        }
    };
    let Some(held) = subscriptions.upgrade() else { return };
    let places = held.lock().unwrap_or_else(PoisonError::into_inner).places.clone();
    drop(held);
    for place in places {
        if peer.notify_resource_updated(ResourceUpdatedNotificationParam::new(place.uri())).await.is_err() {
            return over.cancel();
        }
    }
    tell(changes, subscriptions, peer, over).await;
}

/// Tells a client of a revision that has sessions, until it is over.
pub(super) async fn tell(
    mut changes: FeedStream,
    subscriptions: Weak<Mutex<Held>>,
    peer: Peer<RoleServer>,
    over: CancellationToken,
) {
    // However it ends: whoever subscribes next begins anew.
    let _over = over.clone().drop_guard();
    loop {
        let item = tokio::select! {
            biased;
            () = over.cancelled() => return,
            item = changes.next() => item,
        };
        let Some(Ok(item)) = item else { return };
        let Some(held) = subscriptions.upgrade() else { return };
        let places = changed(&item, &held.lock().unwrap_or_else(PoisonError::into_inner).places);
        drop(held);
        for place in places {
            if peer.notify_resource_updated(ResourceUpdatedNotificationParam::new(place.uri())).await.is_err() {
                return;
            }
        }
    }
}
