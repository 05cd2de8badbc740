//! Reviews that agents ask for under names of their own.
//!
//! A review session is a session like any other; `request_id` is its second
//! name, unique among all reviews. One that was opened without such a name goes
//! by its session's id. The name is kept as the key of the create, so that a
//! repeat is recognised across restarts and nodes.

use std::str::FromStr as _;
use std::sync::Arc;

use askwell_core::Session;
use askwell_core::access::{Action, Principal};
use askwell_core::ids::SessionId;
use serde_json::Value;
use tokio::sync::broadcast;

use crate::app::App;
use crate::caller::Caller;
use crate::error::{AppError, Noun};
use crate::ports::{IdempotencyKey, StoredSession};
use crate::sessions::{Changed, OpenRequest, Opened, RespondRequest};

/// Stands where a key has its principal; the space keeps it apart from every principal's name.
const SCOPE: &str = "review request_id";

/// The key under which a review of this name is opened. Each requester has names of their own: that somebody else uses
/// one must not be learnt by trying.
pub(crate) fn key(caller: &Caller, request_id: &str) -> IdempotencyKey {
    let principal = match caller.principal.login() {
        Some(login) => format!("{SCOPE} {login}"),
        None => SCOPE.to_owned(),
    };
    IdempotencyKey { principal, key: request_id.to_owned() }
}

/// Whether the session is a review.
#[must_use]
pub fn is_review(session: &Session) -> bool {
    session.opened.interaction.kind() == "review"
}

/// The name that a review goes by.
#[must_use]
pub fn request_id(session: &Session) -> String {
    session.opened.request_id.clone().unwrap_or_else(|| session.id().to_string())
}

impl App {
    /// Opens a review under the requester's name for it, or finds the one that the same request opened before.
    ///
    /// # Errors
    /// [`AppError::RequestIdReused`] when the name stands for something else; and those of [`App::open`].
    pub async fn open_review(&self, caller: &Caller, request_id: String, body: Value) -> Result<Opened, AppError> {
        self.require(caller, Action::Create, None)?;
        // A name that is the id of a review without a name of its own stands for that one already. Of one that the
        // caller may not see nothing is said: whoever sees both finds it by its id first.
        if let Ok(id) = SessionId::from_str(&request_id)
            && let Some(stored) = self.inner.store.session(id).await?
            && self.may_see(caller, &stored.session)
            && is_review(&stored.session)
            && stored.session.opened.request_id.as_deref() != Some(&*request_id)
        {
            return Err(AppError::RequestIdReused);
        }
        let request =
            OpenRequest { body, idempotency_key: None, request_id: Some(request_id), requester: None, sent: None };
        match self.open(caller, request).await {
            Err(AppError::IdempotencyMismatch) => Err(AppError::RequestIdReused),
            Ok(opened) => {
                if opened.repeated && !opened.stored.session.status.is_closed() {
                    // Nobody listening is no error.
                    let _ = self.inner.asked_again.send(Arc::new(opened.stored.clone()));
                }
                Ok(opened)
            }
            Err(error) => Err(error),
        }
    }

    /// Reviews that are asked for again and still wait, from now on. They are hints: one that is missed harms nobody.
    /// Whoever tells them asks [`App::may_see`] first.
    #[must_use]
    pub fn asked_again(&self) -> broadcast::Receiver<Arc<StoredSession>> {
        self.inner.asked_again.subscribe()
    }

    /// Answers the review of this name.
    ///
    /// # Errors
    /// As [`App::review`] and [`App::respond`].
    pub async fn answer_review(
        &self,
        caller: &Caller,
        request_id: &str,
        request: RespondRequest,
    ) -> Result<Changed, AppError> {
        let stored = self.review(caller, request_id).await?;
        self.respond(caller, stored.session.id(), request).await
    }

    /// The review of this name.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Unavailable`].
    pub async fn review(&self, caller: &Caller, request_id: &str) -> Result<StoredSession, AppError> {
        if let Ok(id) = SessionId::from_str(request_id) {
            match self.readable(caller, id).await {
                // A review that has a name of its own goes by that alone.
                Ok(stored) if is_review(&stored.session) && stored.session.opened.request_id.is_none() => {
                    return Ok(stored);
                }
                Ok(_) | Err(AppError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        // One's own first: others may have given the name, too, and to somebody who may see it all.
        if let Some((own, _)) = self.inner.store.keyed(&key(caller, request_id)).await? {
            match self.readable(caller, own).await {
                Err(AppError::NotFound(_)) => {}
                found => return found,
            }
        }
        let found = self.inner.store.review_named(Self::visible(caller), request_id).await?;
        found.ok_or(AppError::NotFound(Noun::Session))
    }

    /// At most `limit` of the open reviews that the caller may see, oldest first, and where the next page starts.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    pub async fn open_reviews(
        &self,
        caller: &Caller,
        after: Option<SessionId>,
        limit: usize,
    ) -> Result<(Vec<StoredSession>, Option<SessionId>), AppError> {
        if caller.principal == Principal::Nobody {
            return Ok((Vec::new(), None));
        }
        let reviews = self.inner.store.open_reviews(Self::visible(caller), after, limit).await?;
        let next = reviews.last().map(|stored| stored.session.id()).filter(|_| reviews.len() == limit);
        Ok((reviews, next))
    }

    /// How many open reviews the caller may see; nobody sees none.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    pub async fn count_open_reviews(&self, caller: &Caller) -> Result<u64, AppError> {
        // Whoever has not said who they are is not worth a look at the store: nobody counts their calls.
        if caller.principal == Principal::Nobody {
            return Ok(0);
        }
        Ok(self.inner.store.count_open_reviews(Self::visible(caller)).await?)
    }

    /// Records that the outcome reached whoever asked for it, over a connection that it keeps open.
    pub fn picked_up(&self, id: SessionId) {
        self.inner.store.note_pickup(id, "waiter", self.inner.clock.now().wall);
    }
}
