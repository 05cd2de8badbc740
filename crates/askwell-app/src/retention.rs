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
            // One that fails must not keep the others from their turn.
            let mut done =
                vec![self.let_go_of_closed().await, self.let_go_of_orphans().await, self.let_go_of_logins().await];
            if round.is_multiple_of(DISK_EVERY) {
                done.push(self.let_go_of_bytes().await);
            }
            for error in done.into_iter().filter_map(Result::err) {
                tracing::error!(%error, "a clean-up failed; will try again");
            }
            round = round.wrapping_add(1);
        }
    }

    /// Sessions that closed longer ago than the owner keeps them.
    async fn let_go_of_closed(&self) -> Result<(), AppError> {
        let inner = &self.inner;
        let Some(keep) = inner.settings.keep_closed else { return Ok(()) };
        let before = inner.clock.now().wall.saturating_sub(keep).unwrap_or(jiff::Timestamp::MIN);
        while !inner.stopping.is_cancelled() && inner.store.purge(before, ROUND).await?.len() == ROUND {}
        Ok(())
    }

    /// Sign-ins that are over; the audit keeps that they were.
    async fn let_go_of_logins(&self) -> Result<(), AppError> {
        let inner = &self.inner;
        let before = inner.clock.now().wall;
        while !inner.stopping.is_cancelled() && inner.store.forget_logins(before, ROUND).await? == ROUND {}
        Ok(())
    }

    /// Uploads that no answer named.
    async fn let_go_of_orphans(&self) -> Result<(), AppError> {
        let inner = &self.inner;
        for orphan in inner.store.orphan_files(inner.clock.now().wall, ROUND).await? {
            if inner.store.remove_file(orphan.id).await? {
                inner.blobs.remove(orphan.id).await?;
            }
        }
        Ok(())
    }

    /// Bytes without a row: of uploads that broke off, of sessions that are gone.
    async fn let_go_of_bytes(&self) -> Result<(), AppError> {
        let inner = &self.inner;
        for id in inner.blobs.older_than(ORPHAN_AGE).await? {
            if inner.store.file(id).await?.is_none() {
                inner.blobs.remove(id).await?;
            }
        }
        Ok(())
    }
}
