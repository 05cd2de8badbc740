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

/// A call that is no delivery: to an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchRequest {
    /// `GET` or `POST`.
    pub method: String,
    /// Where to. The owner named it, so it may be inside: only its redirects and its size are bounded.
    pub url: String,
    /// Header fields.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What came back from a call that is no delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The status.
    pub status: u16,
    /// Header fields.
    pub headers: Vec<(String, String)>,
    /// The body, at most 1 MiB.
    pub body: Vec<u8>,
}

/// Why nothing came back. The text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FetchError(pub String);

/// Outbound calls.
#[async_trait]
pub trait Sender: Send + Sync + 'static {
    /// Posts a delivery, signed, once. Judges every resolved address and connects to a judged one.
    async fn send(&self, delivery: &Delivery) -> Sent;

    /// Whether the address could be called: resolves the name, calls nothing.
    async fn permission(&self, url: &str) -> Permission;

    /// Calls a place that the owner's configuration names. Follows no redirect.
    ///
    /// # Errors
    /// Nothing came back in time, or too much.
    async fn fetch(&self, request: FetchRequest) -> Result<Fetched, FetchError>;
}
