//! The audit: entries are collected with a batch and sealed at its end.
//!
//! Job: what a batch says of itself becomes rows and one seal within its own
//! transaction, so that neither is ever there without the other. Invariants:
//! numbers are 1, 2, 3 … without a hole; a job that is refused, or replayed
//! alone, leaves no entry of its first try, because nothing is written before
//! the end. What entries are looked up by follows some hundreds at a time
//! ([`UNINDEXED`]); whoever looks reads the newest as they are.
//! Neighbours: `batch` calls [`seal`]; [`log`] reads it all again
//! from outside; `askwell_core::audit` says what a seal is.

mod log;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use askwell_app::ports::{AuditQuery, AuditRow, AuditStore, Lane, Seal, SealedBatch, StoreError};
use askwell_core::audit::{AuditEntry, Hash, Sealer};
use async_trait::async_trait;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

pub use self::log::{AuditLog, AuditLogError};
use crate::batch::{Batch, Hot};
use crate::error::Fault;
use crate::{SqliteStore, rows};

/// Entries that are in no index yet, at most, and those of one batch more. As many as are read in no time, and enough
/// that few commits have to write the pages of the indexes.
const UNINDEXED: u64 = 256;

/// An entry, ready to be bound to statements.
pub(crate) struct EncodedEntry {
    at: i64,
    actor: String,
    action: String,
    session: Option<[u8; 16]>,
    text: String,
}

impl EncodedEntry {
    /// Encodes an entry: on its caller's thread, where it can be.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it cannot be told as JSON.
    pub(crate) fn new(entry: &AuditEntry) -> Result<Arc<Self>, StoreError> {
        let text = entry.canonical().map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Arc::new(Self {
            at: entry.at.as_millisecond(),
            actor: entry.actor.clone(),
            action: entry.action.clone(),
            session: entry.session.map(|session| *session.0.as_bytes()),
            text,
        }))
    }
}

/// Has the batch say this of itself. Taken back if the job is refused after it.
///
/// # Errors
/// [`StoreError::Unavailable`] if it cannot be told as JSON.
pub(crate) fn append(batch: &mut Batch<'_>, entry: &AuditEntry) -> Result<(), Fault> {
    batch.audit.push(EncodedEntry::new(entry).map_err(Fault::Refused)?);
    Ok(())
}

/// Writes what the batch says of itself, and the seal over it.
pub(crate) fn seal(batch: &mut Batch<'_>) -> rusqlite::Result<()> {
    let entries = std::mem::take(&mut batch.audit);
    if entries.is_empty() {
        return Ok(());
    }
    let (head, previous): (u64, Hash) = batch
        .conn
        .prepare_cached("SELECT number, hash FROM audit_head")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut sealer = Sealer::new(&previous);
    let insert = batch.hot(Hot::InsertAudit)?;
    for (number, entry) in (head + 1..).zip(&entries) {
        let EncodedEntry { at, actor, action, session, text } = &**entry;
        insert.execute(params![number, at, actor, action, session, text])?;
        sealer.add(number, text.as_bytes());
    }
    let (last, hash) = (head + sealer.count(), sealer.finish());
    let conn = batch.conn;
    conn.prepare_cached("INSERT INTO audit_seals (last, first, hash) VALUES (?1, ?2, ?3)")?.execute(params![
        last,
        head + 1,
        hash
    ])?;
    conn.prepare_cached("UPDATE audit_head SET number = ?1, hash = ?2")?.execute(params![last, hash])?;
    let indexed = indexed(conn)?;
    if last.saturating_sub(indexed) >= UNINDEXED {
        let facets = "INSERT INTO audit_facets SELECT number, at, actor, action, session FROM audit WHERE number > ?1";
        conn.prepare_cached(facets)?.execute([indexed])?;
    }
    Ok(())
}

/// The last entry that the indexes know.
fn indexed(conn: &Connection) -> rusqlite::Result<u64> {
    conn.prepare_cached("SELECT coalesce(max(number), 0) FROM audit_facets")?.query_row([], |row| row.get(0))
}

#[async_trait]
impl AuditStore for SqliteStore {
    async fn record(&self, entries: Vec<AuditEntry>) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let encoded: Vec<_> = entries.iter().map(EncodedEntry::new).collect::<Result<_, _>>()?;
        self.write(Lane::Decide, move |batch| {
            batch.audit.extend(encoded.iter().cloned());
            Ok(())
        })
        .await
    }

    async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditRow>, StoreError> {
        self.read(move |conn| page(conn, query)).await
    }

    async fn sealed(&self, after: u64, limit: usize) -> Result<Vec<SealedBatch>, StoreError> {
        self.read(move |conn| Ok(sealed(conn, after, limit)?)).await
    }
}

/// A page, newest first: its numbers from the newest entries and by the narrowest index that there is, then the entries.
fn page(conn: &Connection, query: AuditQuery) -> Result<Vec<AuditRow>, Fault> {
    // Entries are indexed meanwhile, perhaps: none is told twice for that.
    let indexed = indexed(conn)?;
    let mut found = newest(conn, &query, indexed)?;
    let rest = query.limit.saturating_sub(found.len());
    let older = AuditQuery {
        before: Some(query.before.unwrap_or(u64::MAX).min(indexed.saturating_add(1))),
        limit: rest,
        ..query
    };
    if rest > 0 {
        found.extend(match older {
            AuditQuery {
                actor: None,
                action: Some(action),
                session: None,
                since: None,
                until: None,
                before,
                limit,
            } => by_action(conn, &action, before, limit)?,
            older => by_index(conn, &older)?,
        });
    }
    let mut statement = conn.prepare_cached(
        "SELECT number, entry FROM audit WHERE number IN (SELECT value FROM json_each(?1)) ORDER BY number DESC",
    )?;
    let found = statement.query_map([serde_json::json!(found).to_string()], |row| {
        Ok(AuditRow { number: row.get(0)?, entry: rows::json(row, 1)? })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Those that no index knows yet: one by one, as they are few.
fn newest(conn: &Connection, query: &AuditQuery, indexed: u64) -> rusqlite::Result<Vec<i64>> {
    numbers(conn, "audit NOT INDEXED", query, Some(indexed))
}

fn by_index(conn: &Connection, query: &AuditQuery) -> rusqlite::Result<Vec<i64>> {
    let facets = match (&query.session, &query.actor) {
        (Some(_), _) => "audit_facets INDEXED BY audit_session",
        (None, Some(_)) => "audit_facets INDEXED BY audit_actor",
        (None, None) if query.since.is_some() || query.until.is_some() => "audit_facets INDEXED BY audit_time",
        (None, None) => "audit_facets NOT INDEXED",
    };
    numbers(conn, facets, query, None)
}

fn numbers(conn: &Connection, from: &str, query: &AuditQuery, after: Option<u64>) -> rusqlite::Result<Vec<i64>> {
    let AuditQuery { actor, action, session, since, until, before, limit } = query;
    let terms = [
        ("session = ?", session.map(|session| Value::Blob(session.0.as_bytes().to_vec()))),
        ("actor = ?", actor.clone().map(Value::Text)),
        ("substr(action, 1, length(?)) = ?", action.clone().map(Value::Text)),
        ("at >= ?", since.map(|at| Value::Integer(at.as_millisecond()))),
        ("at < ?", until.map(|at| Value::Integer(at.as_millisecond()))),
        ("number < ?", before.map(|before| Value::Integer(signed(before)))),
        ("number > ?", after.map(|after| Value::Integer(signed(after)))),
    ];
    let mut sql = format!("SELECT number FROM {from} WHERE 1");
    let mut values = Vec::new();
    for (term, value) in terms {
        let Some(value) = value else { continue };
        values.push(value);
        sql.push_str(" AND ");
        sql.push_str(&term.replace('?', &format!("?{}", values.len())));
    }
    values.push(Value::Integer(signed(*limit as u64)));
    let limit = format!(" ORDER BY number DESC LIMIT ?{}", values.len());
    sql.push_str(&limit);
    conn.prepare_cached(&sql)?.query_map(params_from_iter(values), |row| row.get(0))?.collect()
}

/// Where nothing but the action is asked for: the newest of each that begins so, of which there are few, merged.
fn by_action(conn: &Connection, begins: &str, before: Option<u64>, limit: usize) -> rusqlite::Result<Vec<i64>> {
    let mut next =
        conn.prepare_cached("SELECT min(action) FROM audit_facets INDEXED BY audit_action WHERE action >= ?1")?;
    let mut after =
        conn.prepare_cached("SELECT min(action) FROM audit_facets INDEXED BY audit_action WHERE action > ?1")?;
    let mut newest = conn.prepare_cached(
        "SELECT number FROM audit_facets INDEXED BY audit_action WHERE action = ?1 AND number < ?2
         ORDER BY number DESC LIMIT ?3",
    )?;
    let before = before.map_or(i64::MAX, signed);
    let mut found = Vec::new();
    let mut action: Option<String> = next.query_row([begins], |row| row.get(0))?;
    while let Some(one) = action.filter(|action| action.starts_with(begins)) {
        for number in newest.query_map(params![one, before, signed(limit as u64)], |row| row.get::<_, i64>(0))? {
            found.push(number?);
        }
        action = after.query_row([one], |row| row.get(0))?;
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.truncate(limit);
    Ok(found)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Whole batches after this number, with about so many entries in all.
fn sealed(conn: &Connection, after: u64, limit: usize) -> rusqlite::Result<Vec<SealedBatch>> {
    let mut batches = Vec::new();
    let mut seals = conn.prepare_cached("SELECT first, last, hash FROM audit_seals WHERE last > ?1 ORDER BY last")?;
    // Not from `first` on: nothing that is stored stays untold.
    let mut entries =
        conn.prepare_cached("SELECT number, entry FROM audit WHERE number > ?1 AND number <= ?2 ORDER BY number")?;
    let (mut reached, mut count) = (after, 0);
    let mut seals = seals.query([after])?;
    while count < limit.max(1)
        && let Some(row) = seals.next()?
    {
        let seal = Seal { first: row.get(0)?, last: row.get(1)?, hash: row.get(2)? };
        let entries: Vec<_> = entries.query_map([reached, seal.last], entry)?.collect::<rusqlite::Result<_>>()?;
        (reached, count) = (seal.last, count + entries.len());
        batches.push(SealedBatch { entries, seal });
    }
    Ok(batches)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(u64, String)> {
    let text = row.get_ref(1)?.as_bytes().unwrap_or_default();
    // What is no text any more was tampered with; it is told as far as it can be.
    Ok((row.get(0)?, String::from_utf8_lossy(text).into_owned()))
}
