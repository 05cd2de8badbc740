//! Outbound calls.

use std::time::Duration;

use async_trait::async_trait;

use super::Delivery;

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// A status came back.
    Status {
        /// Which.
        status: u16,
        /// The receiver's `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// The owner's `egress` rules forbid the address.
    Refused {
        /// Why, in English.
        reason: String,
    },
    /// No status came back.
    Failed {
        /// Why, in English.
        reason: String,
    },
}

/// Whether an address may be called, as far as one can tell before the name is resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may.
    Allowed,
    /// It may not.
    Refused {
        /// Why, in English.
        reason: String,
        /// The configuration key that would allow it.
        setting: String,
    },
}

/// Outbound calls.
#[async_trait]
pub trait Sender: Send + Sync + 'static {
    /// Posts a delivery, signed, once. Judges every resolved address and connects to a judged one.
    async fn send(&self, delivery: &Delivery) -> Sent;

    /// Whether the address could be called: resolves the name, calls nothing.
    async fn permission(&self, url: &str) -> Permission;
}
