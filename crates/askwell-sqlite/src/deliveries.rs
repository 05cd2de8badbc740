//! Callbacks that are owed, and each try.

use std::time::Duration;

use askwell_app::ports::{
    Attempt, Delivery, DeliveryPage, DeliveryQuery, DeliveryState, DeliveryStore, Lane, StoreError, Verdict,
};
use askwell_core::ids::{DeliveryId, SessionId};
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use crate::error::Fault;
use crate::{SqliteStore, rows};

const COLUMNS: &str = "number, id, session, version, url, endpoint, body, state, attempts_made, created_at, \
                       next_attempt_at";

/// A delivery and its row's number, which tells what became owed first.
struct Owed {
    number: i64,
    delivery: Delivery,
}

#[async_trait]
impl DeliveryStore for SqliteStore {
    async fn claim_deliveries(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        busy: Vec<String>,
        limit: usize,
    ) -> Result<(Vec<Delivery>, Option<Timestamp>), StoreError> {
        // Most looks find nothing: they do not trouble the writer.
        let peeked = {
            let busy = busy.clone();
            self.read(move |conn| Ok(due(conn, now, &busy, limit)?)).await?
        };
        if peeked.0.is_empty() {
            return Ok((Vec::new(), peeked.1));
        }
        self.write(Lane::Decide, move |batch| {
            let (due, next) = due(batch.conn, now, &busy, limit)?;
            let mut lease =
                batch.conn.prepare_cached("UPDATE deliveries SET lease_until = ?2, due_at = ?2 WHERE number = ?1")?;
            for row in &due {
                lease.execute(params![row.number, lease_until.as_millisecond()])?;
            }
            Ok((due.into_iter().map(|row| row.delivery).collect(), next))
        })
        .await
    }

    async fn settle_delivery(&self, id: DeliveryId, verdict: Verdict) -> Result<(), StoreError> {
        self.write(Lane::Decide, move |batch| {
            let Verdict { attempt, state, next_attempt_at } = &verdict;
            let next = match state {
                DeliveryState::Pending | DeliveryState::Refused => next_attempt_at.map(Timestamp::as_millisecond),
                DeliveryState::Delivered | DeliveryState::Dead => None,
            };
            let number: Option<i64> = batch
                .conn
                .prepare_cached(
                    "UPDATE deliveries SET state = ?2, attempts_made = attempts_made + 1, next_attempt_at = ?3,
                        due_at = ?3, lease_until = NULL
                     WHERE id = ?1 RETURNING number",
                )?
                .query_row(params![id.0.as_bytes(), state.as_str(), next], |row| row.get(0))
                .optional()?;
            let Some(number) = number else { return Ok(()) };
            batch
                .conn
                .prepare_cached(
                    "INSERT INTO attempts (delivery, ordinal, at, took, status, error) VALUES
                        (?1, (SELECT coalesce(max(ordinal), 0) + 1 FROM attempts WHERE delivery = ?1), ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    number,
                    attempt.at.as_millisecond(),
                    i64::try_from(attempt.took.as_millis()).unwrap_or(i64::MAX),
                    attempt.status,
                    attempt.error
                ])?;
            Ok(())
        })
        .await
    }

    async fn redeliver(&self, id: DeliveryId, now: Timestamp) -> Result<Option<Delivery>, StoreError> {
        self.write(Lane::Decide, move |batch| {
            batch
                .conn
                .prepare_cached(
                    "UPDATE deliveries SET state = 'pending', attempts_made = 0, next_attempt_at = ?2, due_at = ?2,
                        lease_until = NULL
                     WHERE id = ?1 AND (lease_until IS NULL OR lease_until <= ?2)",
                )?
                .execute(params![id.0.as_bytes(), now.as_millisecond()])?;
            Ok(one(batch.conn, id)?)
        })
        .await
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        self.read(move |conn| Ok(one(conn, id)?)).await
    }

    async fn deliveries(&self, query: DeliveryQuery) -> Result<DeliveryPage, StoreError> {
        self.read(move |conn| page(conn, &query)).await
    }

    async fn release_leases(&self) -> Result<(), StoreError> {
        self.write(Lane::Decide, |batch| {
            batch.conn.execute(
                "UPDATE deliveries SET due_at = next_attempt_at, lease_until = NULL WHERE lease_until IS NOT NULL",
                [],
            )?;
            Ok(())
        })
        .await
    }
}

/// What may be tried at `now`, the longest due first, and when there will be more.
///
/// Endpoint by endpoint along one index, so that a receiver with a long queue
/// costs nobody else more than a look.
fn due(
    conn: &Connection,
    now: Timestamp,
    busy: &[String],
    limit: usize,
) -> rusqlite::Result<(Vec<Owed>, Option<Timestamp>)> {
    let now = now.as_millisecond();
    let many = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let ready = format!(
        "SELECT {COLUMNS}, due_at FROM deliveries d
         WHERE d.endpoint = ?1 AND d.due_at IS NOT NULL AND d.due_at <= ?2 AND NOT EXISTS (
            SELECT 1 FROM deliveries o WHERE o.session = d.session AND o.number <> d.number
                AND (o.lease_until > ?2 OR (o.number < d.number AND o.due_at IS NOT NULL)))
         ORDER BY d.due_at LIMIT ?3"
    );
    let mut found: Vec<(i64, Owed)> = Vec::new();
    let mut next: Option<i64> = None;
    let mut endpoint = String::new();
    while let Some(following) = following_endpoint(conn, &endpoint)? {
        endpoint = following;
        if busy.contains(&endpoint) {
            continue;
        }
        let mut statement = conn.prepare_cached(&ready)?;
        let mut rows = statement.query(params![endpoint, now, many])?;
        while let Some(row) = rows.next()? {
            found.push((row.get(11)?, read(row)?));
        }
        let later: Option<i64> = conn
            .prepare_cached(
                "SELECT min(due_at) FROM deliveries WHERE endpoint = ?1 AND due_at IS NOT NULL AND due_at > ?2",
            )?
            .query_row(params![endpoint, now], |row| row.get(0))?;
        next = [next, later].into_iter().flatten().min();
    }
    found.sort_by_key(|(due_at, row)| (*due_at, row.number));
    if let Some((due_at, _)) = found.get(limit) {
        next = Some(*due_at);
    }
    found.truncate(limit);
    let next = next.map(Timestamp::from_millisecond).transpose().map_err(|error| rows::unreadable(11, error))?;
    Ok((found.into_iter().map(|(_, row)| row).collect(), next))
}

fn following_endpoint(conn: &Connection, endpoint: &str) -> rusqlite::Result<Option<String>> {
    conn.prepare_cached(
        "SELECT endpoint FROM deliveries INDEXED BY deliveries_due
         WHERE due_at IS NOT NULL AND endpoint > ?1 ORDER BY endpoint LIMIT 1",
    )?
    .query_row([endpoint], |row| row.get(0))
    .optional()
}

fn one(conn: &Connection, id: DeliveryId) -> rusqlite::Result<Option<Delivery>> {
    let found = conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries WHERE id = ?1"))?
        .query_row([id.0.as_bytes()], read)
        .optional()?;
    found.map(|row| with_attempts(conn, row)).transpose()
}

fn page(conn: &Connection, query: &DeliveryQuery) -> Result<DeliveryPage, Fault> {
    let mut conditions = vec!["TRUE"];
    let mut values: Vec<Value> = Vec::new();
    if let Some(state) = query.state {
        // The literal is what lets the index of those that are not delivered be used.
        conditions.push(match state {
            DeliveryState::Delivered => "state = 'delivered'",
            DeliveryState::Pending => "state <> 'delivered' AND state = 'pending'",
            DeliveryState::Refused => "state <> 'delivered' AND state = 'refused'",
            DeliveryState::Dead => "state <> 'delivered' AND state = 'dead'",
        });
    }
    if let Some(session) = query.session {
        conditions.push("session = ?");
        values.push(session.0.as_bytes().to_vec().into());
    }
    if let Some(place) = &query.place {
        conditions.push("number < ?");
        values.push(place.parse::<i64>().map_err(|_| Fault::Refused(StoreError::InvalidPlace))?.into());
    }
    values.push(i64::try_from(query.limit.saturating_add(1)).unwrap_or(i64::MAX).into());
    let sql =
        format!("SELECT {COLUMNS} FROM deliveries WHERE {} ORDER BY number DESC LIMIT ?", conditions.join(" AND "));
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query_map(params_from_iter(values), read)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let more = found.len() > query.limit;
    found.truncate(query.limit);
    let next = if more { found.last().map(|row| row.number.to_string()) } else { None };
    let deliveries = found.into_iter().map(|row| with_attempts(conn, row)).collect::<rusqlite::Result<_>>()?;
    Ok(DeliveryPage { deliveries, next })
}

fn read(row: &Row<'_>) -> rusqlite::Result<Owed> {
    let state = row.get_ref(7)?.as_str()?;
    Ok(Owed {
        number: row.get(0)?,
        delivery: Delivery {
            id: DeliveryId(rows::uuid(row, 1)?),
            session: SessionId(rows::uuid(row, 2)?),
            version: rows::version(row, 3)?,
            url: row.get(4)?,
            endpoint: row.get(5)?,
            body: row.get(6)?,
            state: DeliveryState::parse(state)
                .ok_or_else(|| rows::unreadable(7, std::io::Error::other(format!("no such state: {state}"))))?,
            attempts_made: row.get(8)?,
            created_at: rows::timestamp(row, 9)?,
            next_attempt_at: rows::maybe_timestamp(row, 10)?,
            attempts: Vec::new(),
        },
    })
}

fn with_attempts(conn: &Connection, row: Owed) -> rusqlite::Result<Delivery> {
    let mut statement =
        conn.prepare_cached("SELECT at, took, status, error FROM attempts WHERE delivery = ?1 ORDER BY ordinal")?;
    let attempts = statement.query_map([row.number], |row| {
        Ok(Attempt {
            at: rows::timestamp(row, 0)?,
            took: Duration::from_millis(row.get::<_, u64>(1)?),
            status: row.get(2)?,
            error: row.get(3)?,
        })
    })?;
    Ok(Delivery { attempts: attempts.collect::<rusqlite::Result<_>>()?, ..row.delivery })
}
