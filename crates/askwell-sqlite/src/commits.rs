//! A commit of a session, encoded on its caller's thread and stored on the writer's.
//!
//! Invariant: whether a commit is refused is known before its first change
//! that would outlive the refusal, so a refused one fails alone.

use std::sync::Arc;

use askwell_app::Credential;
use askwell_app::ports::{BodyHash, Commit, Committed, IdempotencyKey, NewDelivery, StoreError};
use askwell_core::ids::{SessionId, Version};
use askwell_core::session::Change;
use askwell_core::{Event, Session, Status};
use rusqlite::{OptionalExtension, params};
use serde_json::Value;
use uuid::Uuid;

use crate::audit::EncodedEntry;
use crate::batch::{Batch, Hot, Naming};
use crate::eligible::{self, Audience};
use crate::error::Fault;
use crate::{accounts, rows};

/// What is stored of a session that is changed.
struct Found {
    status: Status,
    cursor: i64,
    number: i64,
    audience: Option<i64>,
    naming: Naming,
}

struct EncodedEvent {
    version: i64,
    kind: &'static str,
    at: i64,
    data: Option<String>,
}

/// A commit, ready to be bound to statements.
pub(crate) struct EncodedCommit {
    session: Session,
    expected: i64,
    version: i64,
    kind: String,
    node_id: Option<String>,
    /// Of a new session only.
    opened: Option<String>,
    state: String,
    events: Vec<EncodedEvent>,
    deliveries: Vec<NewDelivery>,
    key: Option<(IdempotencyKey, BodyHash)>,
    files: Vec<Uuid>,
    /// Of a new session, and of one that concerns others than before.
    audience: Option<Audience>,
    standing: Option<Arc<Credential>>,
    audit: Option<Arc<EncodedEntry>>,
}

impl EncodedCommit {
    /// Encodes a commit.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it cannot be told as JSON, or has no events.
    pub(crate) fn new(commit: Commit) -> Result<Self, StoreError> {
        let Commit { expected, session, events, deliveries, idempotency, files, standing, audit, lane: _ } = commit;
        let is_new = expected == Version::NONE;
        let mut version = expected;
        let mut encoded = Vec::with_capacity(events.len());
        for event in &events {
            version = version.next();
            let data = match &event.change {
                Change::Opened(_) => None,
                change => Some(encode(change)?),
            };
            encoded.push(EncodedEvent {
                version: number(version)?,
                kind: event.change.name(),
                at: event.at.as_millisecond(),
                data,
            });
        }
        if encoded.is_empty() || version != session.version {
            return Err(StoreError::Unavailable("the events do not lead to the session's version".to_owned()));
        }
        // Only written with a new session.
        let (kind, node_id) = if is_new {
            let asked = &session.opened.interaction;
            (asked.kind().into_owned(), text(asked.get("node_id")))
        } else {
            Default::default()
        };
        let regrouped = |event: &Event| {
            matches!(event.change, Change::Assigned { .. } | Change::Delegated { .. } | Change::CandidatesSet { .. })
        };
        let audience = (is_new || events.iter().any(regrouped)).then(|| Audience::of(&session));
        Ok(Self {
            audience,
            standing,
            expected: number(expected)?,
            version: number(version)?,
            kind,
            node_id,
            opened: if is_new { Some(encode(&*session.opened)?) } else { None },
            state: encode(&session.state)?,
            events: encoded,
            deliveries,
            key: idempotency,
            files: files.iter().map(|file| file.0).collect(),
            audit: audit.as_ref().map(EncodedEntry::new).transpose()?,
            session,
        })
    }

    /// Stores it in the batch.
    pub(crate) fn store(&self, batch: &mut Batch<'_>) -> Result<Committed, Fault> {
        self.check_standing(batch)?;
        self.check_files(batch)?;
        self.take_key(batch)?;
        let first = batch.totals.last_cursor + 1;
        let last = batch.totals.last_cursor + i64::try_from(self.events.len()).unwrap_or(i64::MAX);
        let previous = match self.opened.as_deref() {
            Some(opened) => self.insert(batch, opened, last),
            None => self.update(batch, last),
        };
        let previous = match previous {
            Err(Fault::Refused(refusal)) => {
                self.give_key_back(batch)?;
                return Err(Fault::Refused(refusal));
            }
            other => other?,
        };
        batch.totals.last_cursor = last;
        self.store_events(batch, first, previous)?;
        self.store_deliveries(batch)?;
        for file in &self.files {
            batch.conn.prepare_cached("UPDATE files SET answered = 1 WHERE id = ?1")?.execute([file.as_bytes()])?;
        }
        let committed = Committed {
            session: self.session.id(),
            cursor: rows::cursor(last),
            wakes_at: self.session.wakes_at(),
            owes_delivery: !self.deliveries.is_empty(),
        };
        batch.audit.extend(self.audit.clone());
        batch.committed.push(committed.clone());
        Ok(committed)
    }

    fn id(&self) -> &[u8; 16] {
        self.session.opened.id.0.as_bytes()
    }

    fn insert(&self, batch: &mut Batch<'_>, opened: &str, cursor: i64) -> Result<Option<i64>, Fault> {
        let Session { opened: what, state, status, updated_at, .. } = &self.session;
        let key = self.key.as_ref().map(|(key, _)| key);
        let audience = self.audience.as_ref().map_or(Ok(None), |audience| audience.id(batch))?;
        let naming = Naming::of(&self.session);
        let changed = batch.hot(Hot::InsertSession)?.execute(params![
            self.id(),
            self.version,
            status.as_str(),
            self.kind,
            what.workflow_id,
            self.node_id,
            what.assignee,
            what.at.as_millisecond(),
            updated_at.as_millisecond(),
            state.deadline.expires_at.as_millisecond(),
            state.deadline.steady_at.as_millisecond(),
            state.deadline.run.0.as_bytes(),
            self.lapses_at(),
            state.closed_at.map(jiff::Timestamp::as_millisecond),
            cursor,
            key.map(|key| &key.principal),
            key.map(|key| &key.key),
            opened,
            self.state,
            naming.column(),
            audience,
            what.request_id,
        ])?;
        if changed == 0 {
            return Err(Fault::Refused(StoreError::Stale));
        }
        batch.totals.count(*status, naming, 1);
        if let Some(rows) = &self.audience {
            rows.store(batch, batch.conn.last_insert_rowid(), &self.session)?;
            eligible::count(batch, audience, *status, 1)?;
        }
        Ok(None)
    }

    /// Returns the cursor of the session's former last event.
    fn update(&self, batch: &mut Batch<'_>, cursor: i64) -> Result<Option<i64>, Fault> {
        let Session { state, status, updated_at, .. } = &self.session;
        let before = batch
            .hot(Hot::FindSession)?
            .query_row(params![self.id(), self.expected], |row| {
                Ok(Found {
                    status: rows::status(row, 0)?,
                    cursor: row.get(1)?,
                    number: row.get(2)?,
                    audience: row.get(3)?,
                    naming: Naming::read(row, 4)?,
                })
            })
            .optional()?;
        let changed = batch.hot(Hot::UpdateSession)?.execute(params![
            self.id(),
            self.expected,
            self.version,
            status.as_str(),
            updated_at.as_millisecond(),
            state.deadline.expires_at.as_millisecond(),
            state.deadline.steady_at.as_millisecond(),
            state.deadline.run.0.as_bytes(),
            self.lapses_at(),
            state.closed_at.map(jiff::Timestamp::as_millisecond),
            cursor,
            self.state,
        ])?;
        let (1, Some(before)) = (changed, before) else {
            return Err(Fault::Refused(StoreError::Stale));
        };
        batch.totals.count(before.status, before.naming, -1);
        batch.totals.count(*status, self.audience.as_ref().map_or(before.naming, |audience| audience.naming), 1);
        self.regroup(batch, &before)?;
        Ok(Some(before.cursor))
    }

    /// Keeps the rows of who may see it, and the counts of its audience.
    fn regroup(&self, batch: &Batch<'_>, before: &Found) -> rusqlite::Result<()> {
        let status = self.session.status;
        let mut audience = before.audience;
        if let Some(rows) = &self.audience {
            audience = rows.id(batch)?;
            eligible::forget(batch, before.number)?;
            rows.store(batch, before.number, &self.session)?;
            batch
                .conn
                .prepare_cached("UPDATE sessions SET named = ?2, audience = ?3, assignee = ?4 WHERE number = ?1")?
                .execute(params![before.number, rows.naming.column(), audience, self.session.assignee()])?;
        } else if let (Some(_), Some(at)) = (audience, self.session.state.closed_at) {
            eligible::close(batch, before.number, at.as_millisecond())?;
        }
        eligible::count(batch, before.audience, before.status, -1)?;
        eligible::count(batch, audience, status, 1)?;
        match before.audience {
            Some(former) if audience != Some(former) => eligible::drop_empty(batch, former),
            _ => Ok(()),
        }
    }

    /// Refuses what was asked for by somebody whose right to be here has ended since they were let in.
    fn check_standing(&self, batch: &Batch<'_>) -> Result<(), Fault> {
        match &self.standing {
            Some(credential) if !accounts::stands(batch.conn, &credential.standing)? => {
                Err(Fault::Refused(StoreError::NotStanding))
            }
            _ => Ok(()),
        }
    }

    fn lapses_at(&self) -> Option<i64> {
        self.session.state.claim.as_ref().map(|claim| claim.lapses.expires_at.as_millisecond())
    }

    /// Refuses a commit whose uploads are not all there; a stale one is called stale even then.
    fn check_files(&self, batch: &Batch<'_>) -> Result<(), Fault> {
        for file in &self.files {
            let ready = batch
                .conn
                .prepare_cached("SELECT 1 FROM files WHERE id = ?1 AND session = ?2")?
                .exists(params![file.as_bytes(), self.id()])?;
            if !ready {
                let current = batch
                    .conn
                    .prepare_cached("SELECT 1 FROM sessions WHERE id = ?1 AND version = ?2")?
                    .exists(params![self.id(), self.expected])?;
                let stale = !current && self.opened.is_none();
                return Err(Fault::Refused(if stale { StoreError::Stale } else { StoreError::FileNotReady }));
            }
        }
        Ok(())
    }

    fn take_key(&self, batch: &Batch<'_>) -> Result<(), Fault> {
        let Some((key, hash)) = &self.key else { return Ok(()) };
        let taken = batch
            .conn
            .prepare_cached(
                "INSERT INTO idempotency_keys (principal, key, session, body_hash) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![key.principal, key.key, self.id(), hash])?;
        if taken == 1 {
            return Ok(());
        }
        let refusal = batch
            .conn
            .prepare_cached("SELECT session, body_hash FROM idempotency_keys WHERE principal = ?1 AND key = ?2")?
            .query_row(params![key.principal, key.key], |row| {
                Ok(StoreError::KeyTaken {
                    session: SessionId(rows::uuid(row, 0)?),
                    same_body: row.get::<_, BodyHash>(1)? == *hash,
                })
            })?;
        Err(Fault::Refused(refusal))
    }

    fn give_key_back(&self, batch: &Batch<'_>) -> Result<(), Fault> {
        let Some((key, _)) = &self.key else { return Ok(()) };
        batch
            .conn
            .prepare_cached("DELETE FROM idempotency_keys WHERE principal = ?1 AND key = ?2")?
            .execute(params![key.principal, key.key])?;
        Ok(())
    }

    fn store_events(&self, batch: &mut Batch<'_>, first: i64, mut previous: Option<i64>) -> Result<(), Fault> {
        let insert = batch.hot(Hot::InsertEvent)?;
        for (cursor, event) in (first..).zip(&self.events) {
            insert.execute(params![cursor, previous, self.id(), event.version, event.kind, event.at, event.data])?;
            previous = Some(cursor);
        }
        Ok(())
    }

    fn store_deliveries(&self, batch: &Batch<'_>) -> Result<(), Fault> {
        for delivery in &self.deliveries {
            batch
                .conn
                .prepare_cached(
                    "INSERT INTO deliveries (id, session, version, url, endpoint, body, state, attempts_made,
                        created_at, next_attempt_at, due_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'pending', 0, ?7, ?7, ?7)",
                )?
                .execute(params![
                    delivery.id.0.as_bytes(),
                    self.id(),
                    delivery.version.0,
                    delivery.url,
                    delivery.endpoint,
                    delivery.body,
                    delivery.at.as_millisecond(),
                ])?;
        }
        Ok(())
    }
}

fn encode(value: &impl serde::Serialize) -> Result<String, StoreError> {
    let mut text = Vec::with_capacity(1 << 10);
    serde_json::to_writer(&mut text, value).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    String::from_utf8(text).map_err(|error| StoreError::Unavailable(error.to_string()))
}

fn number(version: Version) -> Result<i64, StoreError> {
    i64::try_from(version.0).map_err(|error| StoreError::Unavailable(error.to_string()))
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}
