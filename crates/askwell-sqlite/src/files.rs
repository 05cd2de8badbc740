//! What is known of uploads.

use askwell_app::ports::{FileRoom, FileRow, FileStore, Lane, StoreError};
use askwell_core::ids::{FileId, SessionId};
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use crate::batch::Totals;
use crate::error::Fault;
use crate::{SqliteStore, rows};

const COLUMNS: &str = "f.id, f.session, f.name, f.size, f.content_type, f.sha256, f.created_at, f.answered";

#[async_trait]
impl FileStore for SqliteStore {
    async fn add_file(&self, file: FileRow, room: FileRoom) -> Result<(), StoreError> {
        let max_files = i64::try_from(room.per_session).unwrap_or(i64::MAX);
        let total = i64::try_from(room.total).unwrap_or(i64::MAX);
        let size = i64::try_from(file.size).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        self.write(Lane::Decide, move |batch| {
            if batch.totals.file_bytes.saturating_add(size) > total {
                return Err(Fault::Refused(StoreError::QuotaUsed));
            }
            let added = batch
                .conn
                .prepare_cached(
                    "INSERT INTO files (id, session, name, size, content_type, sha256, created_at, answered)
                     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 0
                     WHERE EXISTS (SELECT 1 FROM sessions WHERE id = ?2 AND closed_at IS NULL)
                       AND (SELECT count(*) FROM files WHERE session = ?2) < ?8",
                )?
                .execute(params![
                    file.id.0.as_bytes(),
                    file.session.0.as_bytes(),
                    file.name,
                    size,
                    file.content_type,
                    file.sha256,
                    file.created_at.as_millisecond(),
                    max_files,
                ])?;
            if added == 0 {
                return Err(Fault::Refused(StoreError::Stale));
            }
            batch.totals.file_bytes += size;
            Ok(())
        })
        .await
    }

    async fn files(&self, session: SessionId) -> Result<Vec<FileRow>, StoreError> {
        self.read(move |conn| {
            let sql = format!("SELECT {COLUMNS} FROM files f WHERE f.session = ?1 ORDER BY f.number");
            let mut statement = conn.prepare_cached(&sql)?;
            let found = statement.query_map([session.0.as_bytes()], read)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn file(&self, id: FileId) -> Result<Option<FileRow>, StoreError> {
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM files f WHERE f.id = ?1"))?;
            Ok(statement.query_row([id.0.as_bytes()], read).optional()?)
        })
        .await
    }

    async fn remove_file(&self, id: FileId) -> Result<bool, StoreError> {
        self.write(Lane::Decide, move |batch| {
            let size: Option<i64> = batch
                .conn
                .prepare_cached("DELETE FROM files WHERE id = ?1 AND answered = 0 RETURNING size")?
                .query_row([id.0.as_bytes()], |row| row.get(0))
                .optional()?;
            batch.totals.file_bytes -= size.unwrap_or(0);
            Ok(size.is_some())
        })
        .await
    }

    async fn files_total(&self) -> Result<u64, StoreError> {
        let totals = self.read(|conn| Ok(Totals::read(conn)?)).await?;
        Ok(u64::try_from(totals.file_bytes).unwrap_or(0))
    }

    async fn orphan_files(&self, before: Timestamp, limit: usize) -> Result<Vec<FileRow>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(move |conn| {
            let sql = format!(
                "SELECT {COLUMNS} FROM files f INDEXED BY files_unanswered
                 CROSS JOIN sessions s ON s.id = f.session
                 WHERE f.answered = 0 AND s.closed_at < ?1 ORDER BY f.number LIMIT ?2"
            );
            let mut statement = conn.prepare_cached(&sql)?;
            let found = statement.query_map(params![before.as_millisecond(), limit], read)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<FileRow> {
    Ok(FileRow {
        id: FileId(rows::uuid(row, 0)?),
        session: SessionId(rows::uuid(row, 1)?),
        name: row.get(2)?,
        size: row.get(3)?,
        content_type: row.get(4)?,
        sha256: row.get(5)?,
        created_at: rows::timestamp(row, 6)?,
        answered: row.get(7)?,
    })
}
