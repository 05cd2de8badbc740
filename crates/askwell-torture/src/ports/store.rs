//! The store with a bug: whatever the plant says goes wrong here, the rest goes straight through.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use askwell_app::ports::{
    BodyHash, Commit, Committed, Cursor, Delivery, DeliveryPage, DeliveryQuery, DeliveryStore, Due, FeedSpan,
    IdempotencyKey, OnCommit, SessionPage, SessionQuery, SessionStore, Statistics, Store, StoreError, StoredEvent,
    StoredSession, Verdict, Visible,
};
use askwell_core::ids::{DeliveryId, SessionId};
use askwell_core::{Now, Session};
use async_trait::async_trait;
use jiff::Timestamp;

use super::write_behind::WriteBehind;
use super::wrong_waiter::WrongWaiter;
use crate::plant::Plant;

/// How much too early a deadline fires.
const EARLY: Duration = Duration::from_millis(700);

/// The store with a bug.
pub(crate) struct PlantedStore {
    pub(super) inner: Arc<dyn Store>,
    plant: Plant,
    /// Counts what the bug looks at: it strikes now and then.
    count: AtomicU64,
    write_behind: WriteBehind,
    wrong_waiter: Arc<WrongWaiter>,
}

impl PlantedStore {
    /// A store with this bug, over a good one.
    pub(crate) fn new(inner: Arc<dyn Store>, plant: Plant) -> Self {
        let write_behind = WriteBehind::new(Arc::clone(&inner));
        Self { inner, plant, count: AtomicU64::new(0), write_behind, wrong_waiter: Arc::default() }
    }

    /// Whether it is time again, once in `times`.
    fn strikes(&self, times: u64) -> bool {
        self.count.fetch_add(1, Ordering::Relaxed) % times == times - 1
    }

    /// Stores a decision that came too late over the one that was in time.
    async fn store_over(&self, late: Commit) -> Result<Committed, StoreError> {
        let now = self.inner.session(late.session.id()).await?.ok_or(StoreError::Stale)?;
        if !now.session.status.is_closed() || !late.session.status.is_closed() {
            return Err(StoreError::Stale);
        }
        let expected = now.session.version;
        let session = late.events.iter().fold(now.session, Session::apply);
        self.inner.commit(Commit { expected, session, ..late }).await
    }

    /// Says that a commit is done that the engine has refused.
    async fn pretend(&self, commit: &Commit) -> Result<Committed, StoreError> {
        let cursor = self.inner.feed_span().await?.latest;
        Ok(Committed { session: commit.session.id(), cursor, wakes_at: None, owes_delivery: false })
    }
}

#[async_trait]
impl SessionStore for PlantedStore {
    async fn commit(&self, mut commit: Commit) -> Result<Committed, StoreError> {
        match self.plant {
            Plant::AckBeforeCommit => self.write_behind.commit(commit).await,
            Plant::DoubleAnswer => match self.inner.commit(commit.clone()).await {
                Err(StoreError::Stale) => self.store_over(commit).await,
                outcome => outcome,
            },
            Plant::AckDespiteError => match self.inner.commit(commit.clone()).await {
                Err(StoreError::Full | StoreError::Unavailable(_)) => self.pretend(&commit).await,
                outcome => outcome,
            },
            Plant::DroppedDelivery if !commit.deliveries.is_empty() && self.strikes(3) => {
                commit.deliveries.clear();
                self.inner.commit(commit).await
            }
            _ => self.inner.commit(commit).await,
        }
    }

    fn on_commit(&self, hook: OnCommit) {
        match self.plant {
            Plant::WrongWaiter => self.inner.on_commit(self.wrong_waiter.wrap(hook)),
            _ => self.inner.on_commit(hook),
        }
    }

    async fn session(&self, id: SessionId) -> Result<Option<StoredSession>, StoreError> {
        match self.plant {
            Plant::AckBeforeCommit => self.write_behind.session(id).await,
            Plant::WrongWaiter => self.wrong_waiter.session(self.inner.as_ref(), id).await,
            _ => self.inner.session(id).await,
        }
    }

    async fn due(&self, now: Now, limit: usize) -> Result<Due, StoreError> {
        if self.plant != Plant::EarlyTimeout {
            return self.inner.due(now, limit).await;
        }
        let add = |at: Timestamp| at.saturating_add(EARLY).unwrap_or(at);
        let mut due = self.inner.due(Now { wall: add(now.wall), steady: add(now.steady), run: now.run }, limit).await?;
        for session in &mut due.sessions {
            // Or the decision would say that it is too early.
            let deadline = &mut session.state.deadline;
            deadline.expires_at = deadline.expires_at.min(now.wall);
            deadline.steady_at = deadline.steady_at.min(now.steady);
        }
        due.next = due.next.map(|next| next.saturating_sub(EARLY).unwrap_or(next));
        Ok(due)
    }

    async fn events(&self, after: Cursor, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let mut events = self.inner.events(after, limit).await?;
        if self.plant == Plant::HiddenEvent && events.len() > 2 && self.strikes(2) {
            // Not the last: it says where the next page begins.
            events.remove(events.len() / 2);
        }
        Ok(events)
    }

    async fn sessions(&self, query: SessionQuery) -> Result<SessionPage, StoreError> {
        self.inner.sessions(query).await
    }

    async fn count_open(&self, login: &str) -> Result<u64, StoreError> {
        self.inner.count_open(login).await
    }

    async fn keyed(&self, key: &IdempotencyKey) -> Result<Option<(SessionId, BodyHash)>, StoreError> {
        self.inner.keyed(key).await
    }

    async fn open_reviews(
        &self,
        visible: Visible,
        after: Option<SessionId>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        self.inner.open_reviews(visible, after, limit).await
    }

    async fn count_open_reviews(&self, visible: Visible) -> Result<u64, StoreError> {
        self.inner.count_open_reviews(visible).await
    }

    async fn review_named(&self, visible: Visible, request_id: &str) -> Result<Option<StoredSession>, StoreError> {
        self.inner.review_named(visible, request_id).await
    }

    fn parse_cursor(&self, text: &str) -> Option<Cursor> {
        self.inner.parse_cursor(text)
    }

    async fn event(&self, at: Cursor) -> Result<Option<StoredEvent>, StoreError> {
        self.inner.event(at).await
    }

    async fn history(&self, id: SessionId) -> Result<Vec<StoredEvent>, StoreError> {
        self.inner.history(id).await
    }

    async fn feed_span(&self) -> Result<FeedSpan, StoreError> {
        self.inner.feed_span().await
    }

    async fn statistics(&self, visible: Visible) -> Result<Statistics, StoreError> {
        self.inner.statistics(visible).await
    }

    fn note_pickup(&self, id: SessionId, by: &'static str, at: Timestamp) {
        self.inner.note_pickup(id, by, at);
    }

    async fn pickup(&self, id: SessionId) -> Result<Option<(String, Timestamp)>, StoreError> {
        self.inner.pickup(id).await
    }

    async fn purge(&self, before: Timestamp, limit: usize) -> Result<Vec<SessionId>, StoreError> {
        self.inner.purge(before, limit).await
    }

    fn is_writable(&self) -> bool {
        self.inner.is_writable()
    }
}

#[async_trait]
impl DeliveryStore for PlantedStore {
    async fn claim_deliveries(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        busy: Vec<String>,
        limit: usize,
    ) -> Result<(Vec<Delivery>, Option<Timestamp>), StoreError> {
        self.inner.claim_deliveries(now, lease_until, busy, limit).await
    }

    async fn settle_delivery(&self, id: DeliveryId, verdict: Verdict) -> Result<(), StoreError> {
        self.inner.settle_delivery(id, verdict).await
    }

    async fn redeliver(&self, id: DeliveryId, now: Timestamp) -> Result<Option<Delivery>, StoreError> {
        self.inner.redeliver(id, now).await
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        self.inner.delivery(id).await
    }

    async fn deliveries(&self, query: DeliveryQuery) -> Result<DeliveryPage, StoreError> {
        self.inner.deliveries(query).await
    }

    async fn release_leases(&self) -> Result<(), StoreError> {
        self.inner.release_leases().await
    }
}
