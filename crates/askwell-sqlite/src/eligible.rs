//! Who may see which session, as rows: so that what a person may see is walked by index and counted by audience.
//!
//! Invariant: the rows of a session are those that [`subjects`] names, changed
//! in the transaction that changes the session. Neighbours: `commits` writes,
//! `list` and `visible` read.

use askwell_core::access::{Relation, subjects};
use askwell_core::{Session, Status};
use rusqlite::params;

use crate::batch::{Batch, Naming};

/// Who a session concerns.
pub(crate) struct Audience {
    rows: Vec<(String, Relation)>,
    pub(crate) naming: Naming,
}

impl Audience {
    pub(crate) fn of(session: &Session) -> Self {
        Self { rows: subjects(session), naming: Naming::of(session) }
    }

    /// The id under which such sessions are counted; none where nobody is to be told apart.
    pub(crate) fn id(&self, batch: &Batch<'_>) -> rusqlite::Result<Option<i64>> {
        if self.rows.is_empty() {
            return Ok(None);
        }
        let key = self.key();
        let found = batch
            .conn
            .prepare_cached("SELECT id FROM audiences WHERE key = ?1")?
            .query_map([&key], |row| row.get(0))?
            .next()
            .transpose()?;
        if found.is_some() {
            return Ok(found);
        }
        batch
            .conn
            .prepare_cached("INSERT INTO audiences (key, named) VALUES (?1, ?2)")?
            .execute(params![key, self.naming.column()])?;
        let id = batch.conn.last_insert_rowid();
        let mut insert =
            batch.conn.prepare_cached("INSERT INTO audience_subjects (subject, audience) VALUES (?1, ?2)")?;
        for (subject, _) in &self.rows {
            insert.execute(params![subject, id])?;
        }
        Ok(Some(id))
    }

    /// `[named, subject, …]`: JSON, so that no subject can be written in a way that looks like two.
    fn key(&self) -> String {
        let named = serde_json::Value::from(self.naming.column());
        let subjects = self.rows.iter().map(|(subject, _)| subject.as_str().into());
        std::iter::once(named).chain(subjects).collect::<serde_json::Value>().to_string()
    }

    /// Writes the rows of a session that has none.
    pub(crate) fn store(&self, batch: &Batch<'_>, number: i64, session: &Session) -> rusqlite::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut insert = batch.conn.prepare_cached(
            "INSERT INTO eligible (session, subject, relation, opened_at, uuid, ended_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (subject, relation) in &self.rows {
            insert.execute(params![
                number,
                subject,
                relation.as_str(),
                session.opened.at.as_millisecond(),
                session.id().0.as_bytes(),
                session.state.closed_at.map(jiff::Timestamp::as_millisecond),
            ])?;
        }
        Ok(())
    }
}

/// Notes in the rows of a session that it is closed.
pub(crate) fn close(batch: &Batch<'_>, number: i64, at: i64) -> rusqlite::Result<()> {
    batch.conn.prepare_cached("UPDATE eligible SET ended_at = ?2 WHERE session = ?1")?.execute([number, at])?;
    Ok(())
}

/// Removes the rows of a session.
pub(crate) fn forget(batch: &Batch<'_>, number: i64) -> rusqlite::Result<()> {
    batch.conn.prepare_cached("DELETE FROM eligible WHERE session = ?1")?.execute([number])?;
    Ok(())
}

/// Counts one session more, or one fewer, of an audience.
pub(crate) fn count(batch: &Batch<'_>, audience: Option<i64>, status: Status, by: i64) -> rusqlite::Result<()> {
    let Some(audience) = audience else { return Ok(()) };
    // A status is the name of its column.
    let sql = format!("UPDATE audiences SET {status} = {status} + ?2 WHERE id = ?1");
    batch.conn.prepare_cached(&sql)?.execute([audience, by])?;
    Ok(())
}

/// Removes an audience that counts nothing any more, or never did: its only session has come to concern others.
pub(crate) fn drop_empty(batch: &Batch<'_>, audience: i64) -> rusqlite::Result<()> {
    let empty = "a.id = ?1 AND a.pending = 0 AND a.active = 0 AND a.completed = 0 AND a.timeout = 0
                 AND a.cancelled = 0 AND a.error = 0";
    let subjects = format!(
        "DELETE FROM audience_subjects WHERE audience = ?1 AND subject IN
            (SELECT named.value FROM audiences a, json_each(a.key) named WHERE {empty})"
    );
    batch.conn.prepare_cached(&subjects)?.execute([audience])?;
    batch.conn.prepare_cached(&format!("DELETE FROM audiences AS a WHERE {empty}"))?.execute([audience])?;
    Ok(())
}
