//! Starting and stopping the loops.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt as _;

use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::AppError;

/// How long a loop rests after a panic.
const AFTER_PANIC: Duration = Duration::from_secs(1);

impl App {
    /// Starts the loops: the clock, the feed, the callbacks, the clean-up.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn start(&self) -> Result<(), AppError> {
        self.inner.store.release_leases().await?;
        self.keep_running("expiry", Self::run_expiry);
        self.keep_running("feed", Self::run_feed);
        self.keep_running("deliveries", Self::run_deliveries);
        self.keep_running("retention", Self::run_retention);
        self.keep_running("audit", Self::run_recorder);
        if self.needs_sign_in() {
            self.accounts_changed().await;
            self.keep_running("accounts", Self::run_accounts);
        }
        Ok(())
    }

    /// Runs a loop until the stop. A panic ends one round of it, not the loop: without
    /// it sessions would never expire, and nothing would say so.
    fn keep_running<F: Future<Output = ()> + Send + 'static>(&self, name: &'static str, run: fn(Self) -> F) {
        let app = self.clone();
        self.task(async move {
            while AssertUnwindSafe(run(app.clone())).catch_unwind().await.is_err() {
                tracing::error!(name, "a loop panicked and is started again");
                metrics::counter!("askwell_loop_panics_total", "loop" => name).increment(1);
                if !app.pause(AFTER_PANIC, std::future::pending()).await {
                    return;
                }
            }
        });
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

    /// Something that goes on elsewhere and that [`App::stop`] waits for.
    pub async fn tracked<F: Future>(&self, going_on: F) -> F::Output {
        self.inner.tasks.track_future(going_on).await
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
