//! Letting go: closed sessions after the owner's time, uploads that belong to nothing.

use std::time::Duration;

use crate::app::App;
use crate::error::AppError;

/// How much is removed at once, so that nobody waits behind it.
const ROUND: usize = 200;

/// How old bytes must be before they count as belonging to nothing: longer than any upload lasts.
const ORPHAN_AGE: Duration = Duration::from_hours(1);

/// How many clean-ups pass between two looks through the folder of uploads.
const DISK_EVERY: u32 = 60;

impl App {
    pub(crate) async fn run_retention(self) {
        let mut round = 0_u32;
        loop {
            if !self.pause(self.inner.settings.cleanup_interval, std::future::pending()).await {
                return;
            }
            if let Err(error) = self.clean_up(round.is_multiple_of(DISK_EVERY)).await {
                tracing::error!(%error, "clean-up failed; will try again");
            }
            round = round.wrapping_add(1);
        }
    }

    async fn clean_up(&self, disk: bool) -> Result<(), AppError> {
        let inner = &self.inner;
        let now = inner.clock.now().wall;
        if let Some(keep) = inner.settings.keep_closed {
            let before = now.saturating_sub(keep).unwrap_or(jiff::Timestamp::MIN);
            while !inner.stopping.is_cancelled() {
                let removed = inner.store.purge(before, ROUND).await?.len();
                if removed < ROUND {
                    break;
                }
            }
        }
        for orphan in inner.store.orphan_files(now, ROUND).await? {
            if inner.store.remove_file(orphan.id).await? {
                inner.blobs.remove(orphan.id).await?;
            }
        }
        if disk {
            for id in inner.blobs.older_than(ORPHAN_AGE).await? {
                if inner.store.file(id).await?.is_none() {
                    inner.blobs.remove(id).await?;
                }
            }
        }
        Ok(())
    }
}
