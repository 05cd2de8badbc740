//! The audit: what it is told beside changes, and who may read it.
//!
//! What comes with a change is stored with it. What comes alone, refusals and
//! sign-ins that failed, waits in a bounded queue for one loop that writes it,
//! so that a refusal costs the refused nothing to wait for. Neighbours:
//! `askwell_core::audit` says what an entry and its chain are, engines keep them.

use std::pin::Pin;
use std::time::Duration;

use askwell_core::access::Action;
use askwell_core::audit::{AuditEntry, Verdict};
use futures::{Stream, stream};
use tokio::sync::{Mutex, mpsc};

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::ports::{AuditQuery, AuditRow, SealedBatch};

/// Entries that may wait to be written.
const WAITING: usize = 4_096;

/// Entries that are written at once.
const ROUND: usize = 256;

/// How long to wait before entries are tried to be written again.
const AGAIN: Duration = Duration::from_secs(1);

/// Entries of an export that are read at once.
const PAGE: usize = 1_000;

/// The chain from its first batch on, as it is stored: some whole batches at a time.
pub type AuditStream = Pin<Box<dyn Stream<Item = Result<Vec<SealedBatch>, AppError>> + Send>>;

/// Where entries wait.
pub(crate) struct Recorder {
    sender: mpsc::Sender<AuditEntry>,
    /// Held by the loop as long as it runs: it is there again when the loop is started anew.
    receiver: Mutex<mpsc::Receiver<AuditEntry>>,
}

impl Default for Recorder {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        Self { sender, receiver: Mutex::new(receiver) }
    }
}

impl App {
    /// A page of the audit, newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] to all but administrators, and those of the store.
    pub async fn audit(&self, caller: &Caller, query: AuditQuery) -> Result<Vec<AuditRow>, AppError> {
        self.require(caller, Action::Administer, None)?;
        Ok(self.inner.store.audit(query).await?)
    }

    /// The whole audit with its seals, up to the entry that says that it was exported. It breaks off with an error as
    /// soon as whoever asked for it no longer stands: an end would be taken for the end of the audit.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] to all but administrators, and those of the store.
    pub async fn audit_export(&self, caller: &Caller) -> Result<AuditStream, AppError> {
        self.require(caller, Action::Administer, None)?;
        self.inner.store.record(vec![caller.audit(self.now(), "audit.exported", Verdict::Done)]).await?;
        let newest = self.inner.store.audit(AuditQuery { limit: 1, ..AuditQuery::default() }).await?;
        // What comes later is left out, or an export would never end on a server that never rests.
        let end = newest.first().map_or(0, |row| row.number);
        let (app, caller) = (self.clone(), caller.clone());
        Ok(Box::pin(stream::try_unfold(0, move |reached| {
            let (app, caller) = (app.clone(), caller.clone());
            async move {
                if reached >= end {
                    return Ok(None);
                }
                if let Some(credential) = &caller.credential {
                    let is_over = credential.expires_at.is_some_and(|at| at <= app.now());
                    if is_over || !app.inner.store.stands(&credential.standing).await? {
                        return Err(AppError::Unauthenticated);
                    }
                }
                let mut batches = app.inner.store.sealed(reached, PAGE).await?;
                batches.retain(|batch| batch.seal.first <= end);
                let last = batches.last().map(|batch| batch.seal.last);
                Ok(last.map(|last| (batches, last)))
            }
        })))
    }

    /// Has an entry written soon.
    pub(crate) fn record_later(&self, entry: AuditEntry) {
        if let Err(error) = self.inner.recorder.sender.try_send(entry) {
            metrics::counter!("askwell_audit_dropped_total").increment(1);
            tracing::error!(%error, "an entry of the audit cannot be kept");
        }
    }

    pub(crate) async fn run_recorder(self) {
        let mut receiver = self.inner.recorder.receiver.lock().await;
        loop {
            let mut entries = Vec::new();
            tokio::select! {
                biased;
                taken = receiver.recv_many(&mut entries, ROUND) => if taken == 0 { return },
                () = self.inner.stopping.cancelled() => {
                    receiver.close();
                    while receiver.recv_many(&mut entries, ROUND).await > 0 {}
                }
            }
            self.record(entries).await;
            if self.inner.stopping.is_cancelled() && receiver.is_closed() {
                return;
            }
        }
    }

    /// Writes entries, again and again while the store cannot; others wait meanwhile, as many as may.
    async fn record(&self, entries: Vec<AuditEntry>) {
        while let Err(error) = self.inner.store.record(entries.clone()).await {
            tracing::warn!(%error, entries = entries.len(), "entries of the audit cannot be written now");
            if !self.pause(AGAIN, std::future::pending()).await {
                metrics::counter!("askwell_audit_dropped_total").increment(entries.len() as u64);
                tracing::error!(entries = entries.len(), "entries of the audit are lost");
                return;
            }
        }
    }
}
