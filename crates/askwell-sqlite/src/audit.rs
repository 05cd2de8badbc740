//! The audit.

use askwell_app::ports::{AuditQuery, AuditRow, AuditStore, Seal, StoreError};
use askwell_core::audit::AuditEntry;
use async_trait::async_trait;

use crate::SqliteStore;
use crate::batch::Batch;

pub(crate) fn append(_batch: &mut Batch<'_>, _entry: &AuditEntry) -> rusqlite::Result<()> {
    Ok(())
}

#[async_trait]
impl AuditStore for SqliteStore {
    async fn record(&self, _entries: Vec<AuditEntry>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn audit(&self, _query: AuditQuery) -> Result<Vec<AuditRow>, StoreError> {
        Ok(Vec::new())
    }

    async fn sealed(&self, _after: u64, _limit: usize) -> Result<Vec<(Seal, Vec<AuditRow>)>, StoreError> {
        Ok(Vec::new())
    }
}
