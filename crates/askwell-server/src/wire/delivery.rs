//! Callbacks as they stand on the wire.

use askwell_app::ports::{Attempt, Delivery, DeliveryPage};
use askwell_app::timestamp_text;
use askwell_core::ids::{DeliveryId, SessionId};
use serde::Serialize;
use utoipa::ToSchema;

/// A callback and its tries.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(crate) struct DeliveryBody<'a> {
    /// Sent as `webhook-id`, the same at each try.
    #[schema(value_type = String, format = "uuid")]
    delivery_id: DeliveryId,
    #[schema(value_type = String, format = "uuid")]
    session_id: SessionId,
    /// The session's version that it tells of.
    version: u64,
    url: &'a str,
    /// `pending`, `delivered`, `refused` or `dead`.
    state: &'static str,
    /// Tries since it became owed or was last redelivered.
    attempts_made: u32,
    /// The last status code that came back.
    last_status: Option<u16>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it is tried next.
    #[schema(format = DateTime)]
    next_attempt_at: Option<String>,
    /// Oldest first.
    attempts: Vec<TryBody<'a>>,
}

/// One try.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryAttempt)]
pub(crate) struct TryBody<'a> {
    #[schema(format = DateTime)]
    at: String,
    /// How long it took, in milliseconds.
    took_ms: u64,
    /// The status code that came back.
    status: Option<u16>,
    /// What went wrong, in English.
    error: Option<&'a str>,
}

impl<'a> From<&'a Attempt> for TryBody<'a> {
    fn from(attempt: &'a Attempt) -> Self {
        Self {
            at: timestamp_text(attempt.at),
            took_ms: u64::try_from(attempt.took.as_millis()).unwrap_or(u64::MAX),
            status: attempt.status,
            error: attempt.error.as_deref(),
        }
    }
}

impl<'a> From<&'a Delivery> for DeliveryBody<'a> {
    fn from(delivery: &'a Delivery) -> Self {
        Self {
            delivery_id: delivery.id,
            session_id: delivery.session,
            version: delivery.version.0,
            url: &delivery.url,
            state: delivery.state.as_str(),
            attempts_made: delivery.attempts_made,
            last_status: delivery.attempts.iter().rev().find_map(|attempt| attempt.status),
            created_at: timestamp_text(delivery.created_at),
            next_attempt_at: delivery.next_attempt_at.map(timestamp_text),
            attempts: delivery.attempts.iter().map(Into::into).collect(),
        }
    }
}

/// A page of callbacks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryPage)]
pub(crate) struct DeliveryPageBody<'a> {
    success: bool,
    /// Newest first.
    deliveries: Vec<DeliveryBody<'a>>,
    /// Send it as `cursor` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<&'a str>,
}

impl<'a> DeliveryPageBody<'a> {
    pub(crate) fn of(page: &'a DeliveryPage) -> Self {
        Self {
            success: true,
            deliveries: page.deliveries.iter().map(Into::into).collect(),
            next_cursor: page.next.as_deref(),
        }
    }
}

/// A callback that is sent again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Redelivered)]
pub(crate) struct RedeliveredBody<'a> {
    success: bool,
    delivery: DeliveryBody<'a>,
}

impl<'a> RedeliveredBody<'a> {
    pub(crate) fn of(delivery: &'a Delivery) -> Self {
        Self { success: true, delivery: delivery.into() }
    }
}
