//! Removing what closed long ago, a chunk at a time, so that no batch waits long for it.

use askwell_core::ids::SessionId;
use jiff::Timestamp;
use rusqlite::params;
use uuid::Uuid;

use crate::batch::Batch;
use crate::error::Fault;
use crate::{eligible, rows};

/// How many sessions go with one batch at most.
pub(crate) const CHUNK: usize = 100;

struct Old {
    number: i64,
    id: Uuid,
    cursor: i64,
    key: Option<(String, String)>,
}

/// Removes at most `limit` sessions that closed before `before` and owe nothing.
pub(crate) fn purge(batch: &mut Batch<'_>, before: Timestamp, limit: usize) -> Result<Vec<SessionId>, Fault> {
    let old = find(batch, before, limit)?;
    for session in &old {
        remove(batch, session)?;
    }
    Ok(old.into_iter().map(|session| SessionId(session.id)).collect())
}

fn find(batch: &Batch<'_>, before: Timestamp, limit: usize) -> rusqlite::Result<Vec<Old>> {
    let mut statement = batch.conn.prepare_cached(
        "SELECT s.id, s.cursor, s.key_principal, s.key_text, s.number FROM sessions s INDEXED BY sessions_closed_at
         WHERE s.closed_at IS NOT NULL AND s.closed_at < ?1
           AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.session = s.id AND d.due_at IS NOT NULL)
         ORDER BY s.closed_at LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = statement.query_map(params![before.as_millisecond(), limit], |row| {
        let key = row.get::<_, Option<String>>(2)?.zip(row.get::<_, Option<String>>(3)?);
        Ok(Old { number: row.get(4)?, id: rows::uuid(row, 0)?, cursor: row.get(1)?, key })
    })?;
    found.collect()
}

fn remove(batch: &mut Batch<'_>, session: &Old) -> rusqlite::Result<()> {
    let conn = batch.conn;
    let id = session.id.as_bytes();
    let mut next = Some(session.cursor);
    while let Some(cursor) = next {
        next = conn
            .prepare_cached("DELETE FROM events WHERE cursor = ?1 RETURNING previous")?
            .query_row([cursor], |row| row.get(0))?;
    }
    batch.totals.feed_floor = batch.totals.feed_floor.max(session.cursor);
    conn.prepare_cached("DELETE FROM attempts WHERE delivery IN (SELECT number FROM deliveries WHERE session = ?1)")?
        .execute([id])?;
    conn.prepare_cached("DELETE FROM deliveries WHERE session = ?1")?.execute([id])?;
    let bytes: i64 = conn
        .prepare_cached("SELECT coalesce(sum(size), 0) FROM files WHERE session = ?1")?
        .query_row([id], |row| row.get(0))?;
    if bytes > 0 {
        batch.totals.file_bytes -= bytes;
    }
    conn.prepare_cached("DELETE FROM files WHERE session = ?1")?.execute([id])?;
    if let Some((principal, key)) = &session.key {
        conn.prepare_cached("DELETE FROM idempotency_keys WHERE principal = ?1 AND key = ?2")?
            .execute([principal, key])?;
    }
    conn.prepare_cached("DELETE FROM pickups WHERE session = ?1")?.execute([id])?;
    conn.prepare_cached("DELETE FROM guests WHERE session = ?1")?.execute([id])?;
    eligible::forget(batch, session.number)?;
    conn.prepare_cached("DELETE FROM sessions WHERE id = ?1")?.execute([id])?;
    Ok(())
}
