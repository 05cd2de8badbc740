//! An engine in a folder of its own.
#![allow(dead_code, reason = "each test crate uses a part of it")]
#![expect(clippy::unwrap_used, reason = "a broken expectation is a failed test")]

use std::path::PathBuf;
use std::sync::Arc;

use askwell_sqlite::{SqliteOptions, SqliteStore};
use askwell_testkit::contract::Engine;
use tempfile::TempDir;

pub(crate) struct TestEngine {
    folder: TempDir,
    store: Arc<SqliteStore>,
}

impl TestEngine {
    pub(crate) fn with(change: impl FnOnce(&mut SqliteOptions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = SqliteOptions::new(folder.path().join("askwell.db"));
        change(&mut options);
        Self { store: Arc::new(SqliteStore::open(options).unwrap()), folder }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("askwell.db")
    }

    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

#[async_trait::async_trait]
impl Engine for TestEngine {
    type Store = SqliteStore;

    async fn start() -> Self {
        Self::with(|_| ())
    }

    fn store(&self) -> &Arc<SqliteStore> {
        &self.store
    }

    async fn reopen(self) -> Self {
        self.store.close().await;
        let store = Arc::new(SqliteStore::open(SqliteOptions::new(self.path())).unwrap());
        Self { store, folder: self.folder }
    }
}
