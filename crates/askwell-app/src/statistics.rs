//! Counts and health.

use askwell_core::access::Action;

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
        self.require(caller, Action::Read, None)?;
        Ok(self.inner.store.statistics(Self::visible(caller)).await?)
    }

    /// Whether the server can do its work. Open to everybody; the counts are only for whom they are.
    pub async fn health(&self, caller: &Caller) -> Health {
        let statistics = match self.statistics(caller).await {
            Err(AppError::Unauthenticated | AppError::Forbidden) => None,
            counted => counted.ok(),
        };
        Health {
            writable: self.inner.store.is_writable() && !self.inner.stopping.is_cancelled(),
            statistics,
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
