//! Sessions and the feed.

use askwell_app::ports::{
    BodyHash, Commit, Committed, Cursor, Due, FeedSpan, IdempotencyKey, Lane, OnCommit, SessionPage, SessionQuery,
    SessionStore, Statistics, StoreError, StoredEvent, StoredSession, Visible,
};
use askwell_core::Now;
use askwell_core::access::asked_subject;
use askwell_core::ids::SessionId;
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::batch::Totals;
use crate::commits::EncodedCommit;
use crate::error::Fault;
use crate::queue::Pickup;
use crate::{SqliteStore, due, list, purge, reviews, rows, visible};

#[async_trait]
impl SessionStore for SqliteStore {
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let lane = commit.lane;
        let encoded = EncodedCommit::new(commit)?;
        self.write(lane, move |batch| encoded.store(batch)).await
    }

    fn on_commit(&self, hook: OnCommit) {
        self.shared().set_hook(hook);
    }

    async fn session(&self, id: SessionId) -> Result<Option<StoredSession>, StoreError> {
        let work = move |conn: &Connection| {
            let sql = select(rows::SESSION, "FROM sessions s WHERE s.id = ?1");
            Ok(conn.prepare_cached(&sql)?.query_row([id.0.as_bytes()], rows::session).optional()?)
        };
        self.readers.read_short(work).await
    }

    async fn sessions(&self, query: SessionQuery) -> Result<SessionPage, StoreError> {
        self.read(move |conn| list::page(conn, &query)).await
    }

    async fn count_open(&self, login: &str) -> Result<u64, StoreError> {
        let subject = asked_subject(login);
        self.read(move |conn| {
            let sql = "SELECT count(*) FROM eligible INDEXED BY eligible_asked
                 WHERE subject = ?1 AND ended_at IS NULL AND relation = 'requester'";
            Ok(conn.prepare_cached(sql)?.query_row([subject], |row| row.get(0))?)
        })
        .await
    }

    async fn keyed(&self, key: &IdempotencyKey) -> Result<Option<(SessionId, BodyHash)>, StoreError> {
        let IdempotencyKey { principal, key } = key.clone();
        self.read(move |conn| {
            let sql = "SELECT session, body_hash FROM idempotency_keys WHERE principal = ?1 AND key = ?2";
            let mut statement = conn.prepare_cached(sql)?;
            let found = |row: &rusqlite::Row<'_>| Ok((SessionId(rows::uuid(row, 0)?), row.get(1)?));
            Ok(statement.query_row(params![principal, key], found).optional()?)
        })
        .await
    }

    async fn open_reviews(
        &self,
        visible: Visible,
        after: Option<SessionId>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        self.read(move |conn| Ok(reviews::open(conn, &visible, after, limit)?)).await
    }

    async fn count_open_reviews(&self, visible: Visible) -> Result<u64, StoreError> {
        self.read(move |conn| Ok(reviews::count_open(conn, &visible)?)).await
    }

    async fn review_named(&self, visible: Visible, request_id: &str) -> Result<Option<StoredSession>, StoreError> {
        let request_id = request_id.to_owned();
        self.read(move |conn| Ok(reviews::named(conn, &visible, request_id)?)).await
    }

    async fn due(&self, now: Now, limit: usize) -> Result<Due, StoreError> {
        self.read(move |conn| due::due(conn, &now, limit)).await
    }

    fn parse_cursor(&self, text: &str) -> Option<Cursor> {
        rows::cursor_number(text).map(rows::cursor)
    }

    async fn events(&self, after: Cursor, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let after = rows::cursor_number(&after.0).ok_or(StoreError::InvalidPlace)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(move |conn| {
            let sql = select(
                rows::EVENT,
                "FROM events e LEFT JOIN sessions s ON e.data IS NULL AND s.id = e.session
                 WHERE e.cursor > ?1 ORDER BY e.cursor LIMIT ?2",
            );
            let mut statement = conn.prepare_cached(&sql)?;
            let found = statement.query_map(params![after, limit], rows::event)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn event(&self, at: Cursor) -> Result<Option<StoredEvent>, StoreError> {
        let at = rows::cursor_number(&at.0).ok_or(StoreError::InvalidPlace)?;
        self.read(move |conn| {
            let sql = select(
                rows::EVENT,
                "FROM events e LEFT JOIN sessions s ON e.data IS NULL AND s.id = e.session WHERE e.cursor = ?1",
            );
            Ok(conn.prepare_cached(&sql)?.query_row([at], rows::event).optional()?)
        })
        .await
    }

    async fn history(&self, id: SessionId) -> Result<Vec<StoredEvent>, StoreError> {
        self.read(move |conn| {
            let sql = format!(
                "WITH RECURSIVE chain (cursor, previous) AS (
                    SELECT e.cursor, e.previous FROM sessions s JOIN events e ON e.cursor = s.cursor WHERE s.id = ?1
                    UNION ALL
                    SELECT e.cursor, e.previous FROM chain c JOIN events e ON e.cursor = c.previous)
                 SELECT {} FROM chain c JOIN events e ON e.cursor = c.cursor
                 LEFT JOIN sessions s ON e.data IS NULL AND s.id = e.session ORDER BY e.cursor",
                rows::EVENT
            );
            let mut statement = conn.prepare_cached(&sql)?;
            let found = statement.query_map([id.0.as_bytes()], rows::event)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn feed_span(&self) -> Result<FeedSpan, StoreError> {
        let totals = self.read(|conn| Ok(Totals::read(conn)?)).await?;
        Ok(FeedSpan { earliest: rows::cursor(totals.feed_floor), latest: rows::cursor(totals.last_cursor) })
    }

    async fn statistics(&self, visible: Visible) -> Result<Statistics, StoreError> {
        self.read(move |conn| visible::statistics(conn, &visible)).await
    }

    fn note_pickup(&self, id: SessionId, by: &'static str, at: Timestamp) {
        self.queue().note(Pickup { session: id, by, at });
    }

    async fn pickup(&self, id: SessionId) -> Result<Option<(String, Timestamp)>, StoreError> {
        // Looked at by whoever an answer wakes: a row by its key is not worth the way to a thread.
        let work = move |conn: &Connection| {
            let mut statement = conn.prepare_cached("SELECT by, at FROM pickups WHERE session = ?1")?;
            let found =
                statement.query_row([id.0.as_bytes()], |row| Ok((row.get(0)?, rows::timestamp(row, 1)?))).optional();
            found.map_err(Fault::Sqlite)
        };
        self.readers.read_short(work).await
    }

    async fn purge(&self, before: Timestamp, limit: usize) -> Result<Vec<SessionId>, StoreError> {
        let mut removed = Vec::new();
        while removed.len() < limit {
            let chunk = purge::CHUNK.min(limit - removed.len());
            match self.write(Lane::Decide, move |batch| purge::purge(batch, before, chunk)).await {
                Ok(some) if some.is_empty() => break,
                Ok(some) => removed.extend(some),
                Err(error) if removed.is_empty() => return Err(error),
                // What is gone is gone: its files must still be told.
                Err(_) => break,
            }
        }
        Ok(removed)
    }

    fn is_writable(&self) -> bool {
        self.writable()
    }
}

fn select(columns: &str, rest: &str) -> String {
    format!("SELECT {columns} {rest}")
}
