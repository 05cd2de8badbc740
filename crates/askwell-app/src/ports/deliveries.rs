//! Storage of callbacks that are owed, and of each try.

use std::time::Duration;

use askwell_core::ids::{DeliveryId, SessionId, Version};
use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;

/// A callback that becomes owed with a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id, the same at each attempt.
    pub id: DeliveryId,
    /// Where to.
    pub url: String,
    /// Scheme, host and port of `url`: what may be slow as a whole.
    pub endpoint: String,
    /// The session's version that it tells of.
    pub version: Version,
    /// The body, byte for byte the same at each attempt.
    pub body: String,
    /// When it became owed.
    pub at: Timestamp,
}

/// How a callback stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Owed; will be tried.
    Pending,
    /// A 2xx came back.
    Delivered,
    /// The owner's `egress` rules forbid the address; retried on schedule, as rules may change.
    Refused,
    /// Given up: tries exhausted, or the receiver said 410.
    Dead,
}

impl DeliveryState {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Dead => "dead",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Delivered, Self::Refused, Self::Dead].into_iter().find(|state| state.as_str() == text)
    }
}

/// One try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it started.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// The status that came back, if one did.
    pub status: Option<u16>,
    /// What went wrong, in English.
    pub error: Option<String>,
}

/// A callback as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Whose outcome it tells.
    pub session: SessionId,
    /// The version it tells of.
    pub version: Version,
    /// Where to.
    pub url: String,
    /// Scheme, host and port of `url`.
    pub endpoint: String,
    /// The body.
    pub body: String,
    /// How it stands.
    pub state: DeliveryState,
    /// How often it was tried since it became owed or was last redelivered.
    pub attempts_made: u32,
    /// When it became owed.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub next_attempt_at: Option<Timestamp>,
    /// The tries, oldest first. Filled by list and get, empty in a claim.
    pub attempts: Vec<Attempt>,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The try itself.
    pub attempt: Attempt,
    /// How the delivery stands now.
    pub state: DeliveryState,
    /// When to try again, where it is not settled.
    pub next_attempt_at: Option<Timestamp>,
}

/// Which deliveries to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// Only in this state.
    pub state: Option<DeliveryState>,
    /// Only of this session.
    pub session: Option<SessionId>,
    /// At most so many.
    pub limit: usize,
    /// Continue after this opaque place of a former page.
    pub place: Option<String>,
}

/// A page of deliveries, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryPage {
    /// The deliveries.
    pub deliveries: Vec<Delivery>,
    /// Where the next page starts, if there is one.
    pub next: Option<String>,
}

/// Storage of callbacks that are owed.
#[async_trait]
pub trait DeliveryStore: Send + Sync + 'static {
    /// Leases at most `limit` deliveries that are due at `now` until `lease_until`,
    /// skipping endpoints in `busy`, and those of a session that has an earlier
    /// unsettled one or one under lease. Also says when the next will be due.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Full`].
    async fn claim_deliveries(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        busy: Vec<String>,
        limit: usize,
    ) -> Result<(Vec<Delivery>, Option<Timestamp>), StoreError>;

    /// Records an attempt and ends the lease.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Full`].
    async fn settle_delivery(&self, id: DeliveryId, verdict: Verdict) -> Result<(), StoreError>;

    /// Makes a delivery due at `now` again, with its count of attempts at zero.
    /// One that is under lease stays as it is. `None`: there is no such delivery.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Full`].
    async fn redeliver(&self, id: DeliveryId, now: Timestamp) -> Result<Option<Delivery>, StoreError>;

    /// One delivery with its attempts.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError>;

    /// A page of deliveries, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::InvalidPlace`].
    async fn deliveries(&self, query: DeliveryQuery) -> Result<DeliveryPage, StoreError>;

    /// Frees every lease: called once at start, when no other process can hold one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Full`].
    async fn release_leases(&self) -> Result<(), StoreError>;
}
