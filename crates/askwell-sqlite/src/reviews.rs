//! Reviews: those that wait, and those that go by a name of their requester's.
//!
//! Job: walk them by an index of their own, and say of each, without reading
//! it, whether it is visible. Neighbours: `visible` says what is.

use askwell_app::ports::{StoredSession, Visible};
use askwell_core::ids::SessionId;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use crate::{rows, visible};

/// At most `limit` of the visible open ones after this one, oldest first.
pub(crate) fn open(
    conn: &Connection,
    visible: &Visible,
    after: Option<SessionId>,
    limit: usize,
) -> rusqlite::Result<Vec<StoredSession>> {
    let after = after.map_or([0; 16], |id| *id.0.as_bytes());
    let (condition, values) = condition(visible);
    let sql = format!(
        "SELECT {} FROM sessions s INDEXED BY sessions_open_reviews
         WHERE closed_at IS NULL AND kind = 'review' AND id > ? AND {condition} ORDER BY id LIMIT ?",
        rows::SESSION
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = std::iter::once(Value::from(after.to_vec())).chain(values).chain([Value::from(limit)]);
    let mut statement = conn.prepare_cached(&sql)?;
    statement.query_map(params_from_iter(values), rows::session)?.collect()
}

/// How many visible ones are open.
pub(crate) fn count_open(conn: &Connection, visible: &Visible) -> rusqlite::Result<u64> {
    let (condition, values) = condition(visible);
    let sql = format!(
        "SELECT count(*) FROM sessions INDEXED BY sessions_open_reviews
         WHERE closed_at IS NULL AND kind = 'review' AND {condition}"
    );
    conn.prepare_cached(&sql)?.query_row(params_from_iter(values), |row| row.get(0))
}

/// The newest visible one that goes by this name.
pub(crate) fn named(
    conn: &Connection,
    visible: &Visible,
    request_id: String,
) -> rusqlite::Result<Option<StoredSession>> {
    let (condition, values) = condition(visible);
    let sql = format!(
        "SELECT {} FROM sessions s INDEXED BY sessions_request_id
         WHERE request_id = ? AND {condition} ORDER BY created_at DESC LIMIT 1",
        rows::SESSION
    );
    let values = std::iter::once(Value::from(request_id)).chain(values);
    conn.prepare_cached(&sql)?.query_row(params_from_iter(values), rows::session).optional()
}

fn condition(visible: &Visible) -> (String, Vec<Value>) {
    visible::condition(visible).unwrap_or_else(|| ("TRUE".to_owned(), Vec::new()))
}
