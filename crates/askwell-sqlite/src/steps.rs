//! What a piece of reading costs, whatever this computer does meanwhile.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;

use crate::error::Fault;

/// How many steps of SQLite's machine something takes: whatever is passed costs some.
pub(crate) fn steps<T>(path: &Path, work: impl FnOnce(&Connection) -> Result<T, Fault>) -> u64 {
    let mut conn = Connection::open(path).unwrap();
    let steps = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&steps);
    let count = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        false
    };
    conn.progress_handler(1, Some(count)).unwrap();
    assert!(work(&conn).is_ok());
    steps.load(Ordering::Relaxed)
}
