//! The audit, as far as the use cases write it.
//!
//! What comes with a change is stored with it. What comes alone, refusals and
//! sign-ins that failed, waits in a bounded queue for one loop that writes it,
//! so that a refusal costs the refused nothing to wait for.

use std::sync::Mutex;

use askwell_core::audit::AuditEntry;
use tokio::sync::mpsc;

use crate::app::App;

/// Entries that may wait to be written.
const WAITING: usize = 4_096;

/// Entries that are written at once.
const ROUND: usize = 256;

/// Where entries wait.
pub(crate) struct Recorder {
    sender: mpsc::Sender<AuditEntry>,
    /// The loop takes it, and gives it back when it is started again.
    receiver: Mutex<Option<mpsc::Receiver<AuditEntry>>>,
}

impl Default for Recorder {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        Self { sender, receiver: Mutex::new(Some(receiver)) }
    }
}

impl App {
    /// Has an entry written soon.
    pub(crate) fn record_later(&self, entry: AuditEntry) {
        if let Err(error) = self.inner.recorder.sender.try_send(entry) {
            metrics::counter!("askwell_audit_dropped_total").increment(1);
            tracing::error!(%error, "an entry of the audit cannot be kept");
        }
    }

    pub(crate) async fn run_recorder(self) {
        let recorder = &self.inner.recorder;
        let taken = recorder.receiver.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let Some(mut receiver) = taken else { return };
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
            if !entries.is_empty()
                && let Err(error) = self.inner.store.record(entries).await
            {
                metrics::counter!("askwell_audit_dropped_total").increment(1);
                tracing::error!(%error, "entries of the audit cannot be written");
            }
            if self.inner.stopping.is_cancelled() && receiver.is_closed() {
                return;
            }
        }
    }
}
