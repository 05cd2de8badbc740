//! Counts and health.

use askwell_core::access::{Action, permits};

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::ports::Statistics;

/// Whether the server can do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Whether commits can be acknowledged.
    pub writable: bool,
    /// The counts, where they can be read.
    pub statistics: Option<Statistics>,
    /// When this was asked.
    pub at: jiff::Timestamp,
}

impl App {
    /// The counts of all sessions.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    pub async fn statistics(&self, caller: &Caller) -> Result<Statistics, AppError> {
        if !permits(&caller.principal, Action::Read, None) {
            return Err(AppError::Forbidden);
        }
        Ok(self.inner.store.statistics().await?)
    }

    /// Whether the server can do its work. Open to everybody.
    pub async fn health(&self) -> Health {
        Health {
            writable: self.inner.store.is_writable() && !self.inner.stopping.is_cancelled(),
            statistics: self.inner.store.statistics().await.ok(),
            at: self.inner.clock.now().wall,
        }
    }

    /// The time that the server goes by.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        self.inner.clock.now().wall
    }

    /// Whether commits can be acknowledged right now.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.inner.store.is_writable() && !self.inner.stopping.is_cancelled()
    }
}
