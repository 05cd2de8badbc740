//! Starting and stopping the loops.

use std::future::Future;

use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::AppError;

impl App {
    /// Starts the loops: the clock, the feed, the callbacks, the clean-up.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn start(&self) -> Result<(), AppError> {
        self.inner.store.release_leases().await?;
        self.task(self.clone().run_expiry());
        self.task(self.clone().run_feed());
        self.task(self.clone().run_deliveries());
        self.task(self.clone().run_retention());
        Ok(())
    }

    /// Ends waits and streams with what is known, stops the loops and waits for them.
    pub async fn stop(&self) {
        self.inner.stopping.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    /// Fires when [`App::stop`] begins: what serves for long ends then.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.inner.stopping.clone()
    }

    /// Runs a task that [`App::stop`] waits for.
    pub(crate) fn task(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.inner.tasks.spawn(task);
    }

    /// Waits for a time, a signal or the stop; `false` when stopping.
    pub(crate) async fn pause(&self, time: std::time::Duration, signal: impl Future<Output = ()>) -> bool {
        tokio::select! {
            biased;
            () = self.inner.stopping.cancelled() => false,
            () = signal => true,
            () = self.inner.clock.sleep(time) => true,
        }
    }
}
