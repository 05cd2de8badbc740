//! Time, as seen by one process.

use std::time::Duration;

use askwell_core::Now;
use async_trait::async_trait;

/// Time, as seen by one process.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// Both clocks, in whole milliseconds.
    fn now(&self) -> Now;

    /// Waits. A clock of a test waits until it is advanced.
    async fn sleep(&self, time: Duration);
}
