//! The thread that copies the log into the database, so that no commit has to wait for it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

use rusqlite::Connection;
use rusqlite::wal::CheckpointMode;

use crate::connect::Connector;
use crate::error::Severity;
use crate::queue::Queue;

/// Copies once for each request, until nobody can ask any more.
pub(crate) fn run(connector: &Connector, queue: &Arc<Queue>, requests: &Receiver<()>) {
    let mut conn: Option<Connection> = None;
    while requests.recv().is_ok() {
        match copy(connector, &mut conn) {
            Ok(()) => connector.shared.nearly_copied.store(true, Ordering::Release),
            Err(error) if Severity::of(&error) == Severity::Broken => {
                tracing::error!(%error, "a checkpoint failed");
                conn = None;
                connector.shared.suspect.store(true, Ordering::Release);
                queue.nudge();
            }
            Err(error) => tracing::debug!(%error, "a checkpoint was put off"),
        }
    }
}

fn copy(connector: &Connector, conn: &mut Option<Connection>) -> rusqlite::Result<()> {
    let open = match conn.take() {
        Some(open) => open,
        None => connector.checkpointer()?,
    };
    conn.insert(open).wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE)?;
    Ok(())
}
