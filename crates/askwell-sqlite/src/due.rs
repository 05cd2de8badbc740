//! Sessions that the clock must look at, found by two small indexes: deadlines
//! of open sessions, and ends of claims.
//!
//! The wall clock finds candidates; [`Session::is_due`] has the last word. A
//! candidate that only the wall clock calls due, because that was set forward,
//! is passed over without being counted against the limit.

use std::collections::HashMap;

use askwell_app::ports::Due;
use askwell_core::{Now, Session};
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::Fault;
use crate::rows;

/// At most `limit` due sessions and when the next one will be.
pub(crate) fn due(conn: &Connection, now: &Now, limit: usize) -> Result<Due, Fault> {
    let mut found = HashMap::new();
    for session in expired(conn, now, limit + 1)?.into_iter().chain(lapsed(conn, now, limit + 1)?) {
        found.entry(session.id()).or_insert(session);
    }
    let mut sessions: Vec<Session> = found.into_values().collect();
    sessions.sort_by_key(|session| (session.wakes_at(), session.id()));
    let left_out = sessions.get(limit).and_then(Session::wakes_at);
    sessions.truncate(limit);
    let next = match left_out {
        Some(at) => Some(at),
        None => [next_by_wall(conn, now)?, next_by_steady(conn, now)?].into_iter().flatten().min(),
    };
    Ok(Due { sessions, next })
}

/// The instant on the steady clock of `?3` at which a session's deadline comes.
const STEADY: &str = "CASE WHEN s.run = ?3 THEN s.steady_at ELSE s.expires_at END";

fn expired(conn: &Connection, now: &Now, limit: usize) -> rusqlite::Result<Vec<Session>> {
    let sql = format!(
        "SELECT {} FROM sessions s INDEXED BY sessions_open_expires
         WHERE s.closed_at IS NULL AND s.expires_at <= ?1 AND {STEADY} <= ?2
         ORDER BY s.expires_at, s.id LIMIT ?4",
        rows::SESSION
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let found = statement.query_map(
        params![
            now.wall.as_millisecond(),
            now.steady.as_millisecond(),
            now.run.0.as_bytes(),
            i64::try_from(limit).unwrap_or(i64::MAX)
        ],
        |row| Ok(readable(row)),
    )?;
    // Milliseconds are stored: what was written finer is judged by what it was.
    let found: Vec<_> = found.collect::<rusqlite::Result<_>>()?;
    Ok(found.into_iter().flatten().filter(|session| session.is_due(now)).collect())
}

/// A session, or nothing: one row that cannot be read must not keep all others from their deadlines.
fn readable(row: &Row<'_>) -> Option<Session> {
    let session = rows::session(row).map(|stored| stored.session);
    session.inspect_err(|error| tracing::error!(%error, "a due session cannot be read and is passed over")).ok()
}

fn lapsed(conn: &Connection, now: &Now, limit: usize) -> rusqlite::Result<Vec<Session>> {
    let sql = format!(
        "SELECT {} FROM sessions s INDEXED BY sessions_open_lapses
         WHERE s.lapses_at IS NOT NULL AND s.lapses_at <= ?1 ORDER BY s.lapses_at",
        rows::SESSION
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query([now.wall.as_millisecond()])?;
    let mut sessions = Vec::new();
    while let Some(row) = found.next()? {
        if let Some(session) = readable(row).filter(|session| session.is_due(now)) {
            sessions.push(session);
            if sessions.len() == limit {
                break;
            }
        }
    }
    Ok(sessions)
}

/// The next candidate on the wall clock.
fn next_by_wall(conn: &Connection, now: &Now) -> rusqlite::Result<Option<Timestamp>> {
    let deadline = "SELECT min(expires_at) FROM sessions INDEXED BY sessions_open_expires
                    WHERE closed_at IS NULL AND expires_at > ?1";
    let claim = "SELECT min(lapses_at) FROM sessions INDEXED BY sessions_open_lapses
                 WHERE lapses_at IS NOT NULL AND lapses_at > ?1";
    let mut next = None;
    for sql in [deadline, claim] {
        let at =
            conn.prepare_cached(sql)?.query_row([now.wall.as_millisecond()], |row| rows::maybe_timestamp(row, 0))?;
        next = [next, at].into_iter().flatten().min();
    }
    Ok(next)
}

/// When the first of those that only wait for the steady clock will be due, on the wall clock.
fn next_by_steady(conn: &Connection, now: &Now) -> rusqlite::Result<Option<Timestamp>> {
    let sql = format!(
        "SELECT min({STEADY}) FROM sessions s INDEXED BY sessions_open_expires
         WHERE s.closed_at IS NULL AND s.expires_at <= ?1 AND {STEADY} > ?2"
    );
    let deadline = conn
        .prepare_cached(&sql)?
        .query_row(params![now.wall.as_millisecond(), now.steady.as_millisecond(), now.run.0.as_bytes()], |row| {
            rows::maybe_timestamp(row, 0)
        })?;
    let claims = "SELECT s.state FROM sessions s INDEXED BY sessions_open_lapses
                  WHERE s.lapses_at IS NOT NULL AND s.lapses_at <= ?1";
    let mut statement = conn.prepare_cached(claims)?;
    let mut found = statement.query([now.wall.as_millisecond()])?;
    let mut next = deadline;
    while let Some(row) = found.next()? {
        // One that cannot be read is named by `readable`, and must not hold up the others here either.
        let Ok(state) = rows::json::<askwell_core::session::State>(row, 0) else { continue };
        let steady = state.claim.map(|claim| claim.lapses.steady_for(now.run)).filter(|at| *at > now.steady);
        next = [next, steady].into_iter().flatten().min();
    }
    Ok(next.map(|steady| now.wall.saturating_add(steady.duration_since(now.steady)).unwrap_or(Timestamp::MAX)))
}
