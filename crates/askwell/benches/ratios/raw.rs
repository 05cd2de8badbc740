//! What SQLite itself does with the rows of a create.

use std::path::Path;
use std::time::Instant;

use askwell_core::Session;

use crate::store::{create, draft, new_id, open_store};

/// What SQLite itself does with the same rows: the same schema, one connection, batches, full sync.
pub(crate) struct Raw {
    connection: rusqlite::Connection,
}

impl Raw {
    pub(crate) async fn open(path: &Path) -> Self {
        // The store makes the schema; then its file is written without it.
        let store = open_store(path);
        store.close().await;
        drop(store);
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.pragma_update(None, "journal_mode", "wal").unwrap();
        connection.pragma_update(None, "synchronous", "full").unwrap();
        Self { connection }
    }

    /// Stores so many in transactions of this size: how many a second.
    pub(crate) fn fill(&self, count: usize, size: usize) -> f64 {
        let mut row = Row::of(&create(&draft(), new_id()).session);
        let start = Instant::now();
        let mut left = count;
        while left > 0 {
            let batch = left.min(size);
            self.connection.execute_batch("BEGIN IMMEDIATE").unwrap();
            for _ in 0..batch {
                row.id = *new_id().0.as_bytes();
                self.insert(&row);
            }
            self.connection.execute_batch("COMMIT").unwrap();
            left -= batch;
        }
        count as f64 / start.elapsed().as_secs_f64()
    }

    fn insert(&self, row: &Row) {
        let mut statement = self
            .connection
            .prepare_cached(
                "INSERT INTO sessions (id, version, status, kind, workflow_id, created_at, updated_at, expires_at, \
                 steady_at, run, cursor, opened, state) VALUES (?1, 1, 'pending', ?2, ?3, ?4, ?4, ?5, ?5, ?6, 1, ?7, ?8)",
            )
            .unwrap();
        let Row { id, kind, workflow_id, at, expires, run, opened, state } = row;
        statement.execute(rusqlite::params![id, kind, workflow_id, at, expires, run, opened, state]).unwrap();
        let mut statement = self
            .connection
            .prepare_cached("INSERT INTO events (session, version, type, at) VALUES (?1, 1, 'opened', ?2)")
            .unwrap();
        statement.execute(rusqlite::params![id, at]).unwrap();
    }
}

/// What a create stores.
struct Row {
    id: [u8; 16],
    kind: String,
    workflow_id: Option<String>,
    at: i64,
    expires: i64,
    run: [u8; 16],
    opened: String,
    state: String,
}

impl Row {
    fn of(session: &Session) -> Self {
        let deadline = &session.state.deadline;
        Self {
            id: *session.id().0.as_bytes(),
            kind: session.opened.interaction.kind().into_owned(),
            workflow_id: session.opened.workflow_id.clone(),
            at: session.opened.at.as_millisecond(),
            expires: deadline.expires_at.as_millisecond(),
            run: *deadline.run.0.as_bytes(),
            opened: serde_json::to_string(&session.opened).unwrap(),
            state: serde_json::to_string(&session.state).unwrap(),
        }
    }
}
