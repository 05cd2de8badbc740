//! The planted bug `wrong_waiter`: when a session closes, the waiter of another is woken, too, and given its answer.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use askwell_app::ports::{Committed, OnCommit, Store, StoreError, StoredSession};
use askwell_core::ids::SessionId;

/// How many sessions that were looked at last are remembered.
const REMEMBERED: usize = 64;

#[derive(Default)]
struct Mixed {
    /// Open ones that were looked at last: whoever waits has looked once.
    open: VecDeque<SessionId>,
    /// Whose answer is given to whom.
    given: HashMap<SessionId, SessionId>,
    closed: u64,
}

/// Mixes up waiters now and then.
#[derive(Default)]
pub(super) struct WrongWaiter(Mutex<Mixed>);

impl WrongWaiter {
    /// The hook, with a waiter more.
    pub(super) fn wrap(self: &Arc<Self>, hook: OnCommit) -> OnCommit {
        let mixed = Arc::clone(self);
        Arc::new(move |batch: &[Committed]| {
            let mut batch = batch.to_vec();
            batch.extend(mixed.victim(&batch));
            hook(&batch);
        })
    }

    /// Who is woken by mistake.
    fn victim(&self, batch: &[Committed]) -> Option<Committed> {
        let closed = batch.iter().find(|committed| committed.wakes_at.is_none())?;
        let mut mixed = self.lock();
        mixed.closed += 1;
        if !mixed.closed.is_multiple_of(4) {
            return None;
        }
        let is_other = |id: &SessionId| batch.iter().all(|committed| committed.session != *id);
        let victim = mixed.open.iter().copied().find(is_other)?;
        mixed.open.retain(|id| *id != victim);
        mixed.given.insert(victim, closed.session);
        Some(Committed { session: victim, ..closed.clone() })
    }

    pub(super) async fn session(&self, store: &dyn Store, id: SessionId) -> Result<Option<StoredSession>, StoreError> {
        let Some(mut stored) = store.session(id).await? else { return Ok(None) };
        if stored.session.status.is_closed() {
            self.lock().open.retain(|open| *open != id);
            return Ok(Some(stored));
        }
        let given = self.lock().given.remove(&id);
        if let Some(other) = given
            && let Some(other) = store.session(other).await?
        {
            stored.session.status = other.session.status;
            stored.session.state.response = other.session.state.response;
            return Ok(Some(stored));
        }
        let mut mixed = self.lock();
        mixed.open.push_back(id);
        if mixed.open.len() > REMEMBERED {
            mixed.open.pop_front();
        }
        Ok(Some(stored))
    }

    fn lock(&self) -> MutexGuard<'_, Mixed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
