//! Ids that are the same in each run of a test.

use std::sync::atomic::{AtomicU64, Ordering};

use askwell_app::ports::Ids;
use askwell_core::access::{GuestId, LoginId, TokenId};
use askwell_core::ids::{DeliveryId, FileId, SessionId};
use uuid::Uuid;

/// Ids that count up from a seed. Later ones sort after earlier ones.
#[derive(Debug)]
pub struct TestIds {
    seed: u64,
    next: AtomicU64,
}

impl Default for TestIds {
    fn default() -> Self {
        Self::new(1)
    }
}

impl TestIds {
    /// Ids of another seed than `seed` are others.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, next: AtomicU64::new(1) }
    }

    fn uuid(&self) -> Uuid {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        // The layout of version 7: a time (here the count), then chance (here the seed).
        let random = self.seed.to_be_bytes();
        let mut tail = [0; 10];
        tail[2..].copy_from_slice(&random);
        uuid::Builder::from_unix_timestamp_millis(count, &tail).into_uuid()
    }
}

impl Ids for TestIds {
    fn session(&self) -> SessionId {
        SessionId(self.uuid())
    }

    fn delivery(&self) -> DeliveryId {
        DeliveryId(self.uuid())
    }

    fn file(&self) -> FileId {
        FileId(self.uuid())
    }

    fn token(&self) -> TokenId {
        TokenId(self.uuid())
    }

    fn login(&self) -> LoginId {
        LoginId(self.uuid())
    }

    fn guest(&self) -> GuestId {
        GuestId(self.uuid())
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        secret[..16].copy_from_slice(self.uuid().as_bytes());
        secret[16..].copy_from_slice(self.uuid().as_bytes());
        secret
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_sort_and_repeat() {
        let (one, same, other) = (TestIds::new(7), TestIds::new(7), TestIds::new(8));
        let first = one.session();
        assert_eq!(first, same.session());
        assert_ne!(first, other.session());
        assert!(first < one.session());
    }
}
