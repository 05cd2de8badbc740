//! The planted bug `ack_before_commit`: a change counts as stored while it is still in memory, and is written a
//! moment later. As long as the process lives nobody can tell: reads and version checks see what waits.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{Commit, Committed, Store, StoreError, StoredSession};
use askwell_core::ids::{SessionId, Version};
use tokio::sync::Mutex;
use tokio_util::task::TaskTracker;

/// How long a change waits in memory.
const LATER: Duration = Duration::from_millis(150);

/// Sessions that are not written yet, as they will be.
type Waiting = Arc<Mutex<HashMap<SessionId, StoredSession>>>;

/// Changes that wait in memory.
pub(super) struct WriteBehind {
    inner: Arc<dyn Store>,
    waiting: Waiting,
    tasks: TaskTracker,
}

impl WriteBehind {
    pub(super) fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, waiting: Waiting::default(), tasks: TaskTracker::new() }
    }

    pub(super) async fn session(&self, id: SessionId) -> Result<Option<StoredSession>, StoreError> {
        if let Some(waiting) = self.waiting.lock().await.get(&id) {
            return Ok(Some(waiting.clone()));
        }
        self.inner.session(id).await
    }

    pub(super) async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let id = commit.session.id();
        let mut waiting = self.waiting.lock().await;
        if let Some((key, _)) = &commit.idempotency
            && self.inner.keyed(key).await?.is_some()
        {
            return self.inner.commit(commit).await;
        }
        let former = match waiting.get(&id) {
            // Only one change of a session waits: the next is written after it, in order.
            Some(_) => return Err(StoreError::Stale),
            None => self.inner.session(id).await?,
        };
        if former.map_or(Version::NONE, |former| former.session.version) != commit.expected {
            return Err(StoreError::Stale);
        }
        let cursor = self.inner.feed_span().await?.latest;
        waiting.insert(id, StoredSession { session: commit.session.clone(), cursor: cursor.clone() });
        let (inner, waiting) = (Arc::clone(&self.inner), Arc::clone(&self.waiting));
        self.tasks.spawn(async move {
            tokio::time::sleep(LATER).await;
            let _ = inner.commit(commit).await;
            waiting.lock().await.remove(&id);
        });
        Ok(Committed { session: id, cursor, wakes_at: None, owes_delivery: false })
    }
}
