//! What is opened, and what is refused untouched.

#![expect(clippy::unwrap_used, reason = "a broken expectation is a failed test")]

mod support;

use std::path::Path;

use askwell_app::ports::{SessionStore, Visible};
use askwell_sqlite::{OpenError, SqliteOptions, SqliteStore};
use askwell_testkit::contract::Engine;
use rusqlite::Connection;
use support::TestEngine;

fn refusal(path: &Path) -> OpenError {
    let before = std::fs::read(path).unwrap();
    let error = SqliteStore::open(SqliteOptions::new(path)).unwrap_err();
    assert_eq!(std::fs::read(path).unwrap(), before, "it was touched");
    error
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let engine = TestEngine::with(|_| ());
    engine.store().close().await;
    let conn = Connection::open(engine.path()).unwrap();
    conn.execute("INSERT INTO migrations VALUES (99, 'later', '')", []).unwrap();
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(conn);
    let error = refusal(&engine.path());
    assert!(matches!(error, OpenError::Newer { found: 99, known: ..99, .. }), "{error}");
}

#[tokio::test]
async fn an_altered_migration_is_refused() {
    let engine = TestEngine::with(|_| ());
    engine.store().close().await;
    let conn = Connection::open(engine.path()).unwrap();
    conn.execute("UPDATE migrations SET checksum = 'x'", []).unwrap();
    drop(conn);
    assert!(matches!(refusal(&engine.path()), OpenError::Altered { version: 1, .. }));
}

#[test]
fn the_original_components_database_is_refused_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hitl.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch(
            "CREATE TABLE sessions (session_id TEXT PRIMARY KEY, workflow_id TEXT, interaction_data TEXT NOT NULL,
                status TEXT NOT NULL, response_data TEXT, created_at TIMESTAMP, expires_at TIMESTAMP);
             CREATE INDEX idx_sessions_workflow ON sessions(workflow_id);",
        )
        .unwrap();
    let error = refusal(&path);
    assert!(matches!(error, OpenError::Original { .. }), "{error}");
    assert!(error.to_string().contains("askwell import"));
}

#[test]
fn other_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE sessions (id TEXT)").unwrap();
    assert!(matches!(refusal(&foreign), OpenError::Foreign { .. }));
    let marked = folder.path().join("marked.db");
    Connection::open(&marked).unwrap().execute_batch("PRAGMA application_id = 7").unwrap();
    assert!(matches!(refusal(&marked), OpenError::Foreign { .. }));
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, and longer than its header would be: ".repeat(20)).unwrap();
    assert!(matches!(refusal(&text), OpenError::Foreign { .. }));
    let missing = folder.path().join("no/such/folder/askwell.db");
    assert!(matches!(SqliteStore::open(SqliteOptions::new(missing)), Err(OpenError::Sqlite { .. })));
}

#[tokio::test]
async fn an_empty_file_becomes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("askwell.db");
    std::fs::write(&path, "").unwrap();
    let store = SqliteStore::open(SqliteOptions::new(&path)).unwrap();
    assert_eq!(store.statistics(Visible::All).await.unwrap().pending, 0);
    store.close().await;
    store.close().await;
    assert!(store.statistics(Visible::All).await.is_err());
}
