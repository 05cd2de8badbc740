//! Whether what let somebody in still stands, for those who stay for long.

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::ports::Standing;

use super::{keep, lock};

/// How long a change of accounts by another node may go unnoticed.
const UNPROMPTED: Duration = Duration::from_secs(1);

impl App {
    /// Notices that accounts have changed, so that whoever stays is looked at again.
    pub(crate) async fn accounts_changed(&self) {
        match self.inner.store.accounts_epoch().await {
            Ok(epoch) => {
                self.inner.accounts.epoch.send_if_modified(|seen| {
                    // Two may look at once and come back in the other order.
                    let risen = epoch > *seen;
                    *seen = epoch.max(*seen);
                    risen
                });
            }
            Err(error) => tracing::error!(%error, "cannot see whether accounts have changed"),
        }
    }

    /// Looks each second, as another node may have changed something.
    pub(crate) async fn run_accounts(self) {
        loop {
            self.accounts_changed().await;
            if !self.pause(UNPROMPTED, std::future::pending()).await {
                return;
            }
        }
    }

    /// Whether what the caller was let in by still stands.
    pub(crate) async fn stands(&self, caller: &Caller) -> Result<bool, AppError> {
        let Some(credential) = &caller.credential else { return Ok(true) };
        if credential.expires_at.is_some_and(|at| at <= self.now()) {
            return Ok(false);
        }
        let epoch = *self.inner.accounts.epoch.borrow();
        self.still_stands(&credential.standing, epoch).await
    }

    /// Whether all of it still stands in this epoch. Who waits by the same is looked at once for all of them.
    pub(super) async fn still_stands(&self, standing: &Standing, epoch: u64) -> Result<bool, AppError> {
        let accounts = &self.inner.accounts;
        let is_known = || lock(&accounts.stood).get(standing).is_some_and(|seen| *seen >= epoch);
        if is_known() {
            return Ok(true);
        }
        let _turn = accounts.looking.acquire().await;
        if is_known() {
            return Ok(true);
        }
        let stands = self.inner.store.stands(standing).await?;
        if stands {
            keep(&mut lock(&accounts.stood), standing.clone(), epoch);
        } else {
            lock(&accounts.stood).remove(standing);
        }
        Ok(stands)
    }

    /// Completes when what the caller was let in by no longer stands; never where nobody must say who they are.
    pub fn fallen(&self, caller: &Caller) -> impl Future<Output = ()> + Send + 'static {
        let (app, caller) = (self.clone(), caller.clone());
        async move {
            let Some(credential) = caller.credential.clone() else { return std::future::pending().await };
            let mut epoch = app.inner.accounts.epoch.subscribe();
            loop {
                let seen = *epoch.borrow_and_update();
                let mut again = None;
                match app.still_stands(&credential.standing, seen).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    // Whoever cannot be looked at stays until they can be, which is tried again soon.
                    Err(error) => {
                        tracing::error!(%error, "cannot see whether a caller still stands");
                        again = Some(UNPROMPTED);
                    }
                }
                let left = credential.expires_at.map(|at| left(at, app.now()));
                if left == Some(Duration::ZERO) {
                    return;
                }
                let left = left.into_iter().chain(again).min();
                let expiry = async {
                    match left {
                        Some(left) => app.inner.clock.sleep(left).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    changed = epoch.changed() => if changed.is_err() { return },
                    () = expiry => {}
                }
            }
        }
    }
}

fn left(until: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default()
}
