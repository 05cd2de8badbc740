//! One transaction of the writer and the jobs in it.

use std::sync::Arc;

use askwell_app::ports::{Committed, StoreError};
use askwell_core::{Session, Status};
use rusqlite::{CachedStatement, Connection, Row, params_from_iter};
use tokio::sync::oneshot;

use crate::audit::{self, EncodedEntry};
use crate::error::Fault;

/// A piece of writing that shares its transaction with others.
pub(crate) trait Job: Send {
    /// Does it. May be called again after a rollback. An error of SQLite undoes the whole batch.
    fn run(&mut self, batch: &mut Batch<'_>) -> rusqlite::Result<()>;

    /// Tells the caller; `Ok` only after the transaction is on disk.
    fn answer(self: Box<Self>, ended: Result<(), StoreError>);
}

/// The one row of counts. Read at the start of a batch, written at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// In the order of [`Status::ALL`].
    pub(crate) sessions: [i64; 6],
    /// Those of them that name somebody.
    pub(crate) named: [i64; 6],
    pub(crate) file_bytes: i64,
    pub(crate) last_cursor: i64,
    pub(crate) feed_floor: i64,
}

impl Totals {
    pub(crate) fn read(conn: &Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT file_bytes, last_cursor, feed_floor, pending, active, completed, timeout, cancelled, error,
                   named_pending, named_active, named_completed, named_timeout, named_cancelled, named_error
                   FROM totals";
        conn.prepare_cached(sql)?.query_row([], |row| {
            let (mut sessions, mut named) = ([0; 6], [0; 6]);
            for (index, count) in sessions.iter_mut().chain(&mut named).enumerate() {
                *count = row.get(3 + index)?;
            }
            Ok(Self { sessions, named, file_bytes: row.get(0)?, last_cursor: row.get(1)?, feed_floor: row.get(2)? })
        })
    }

    pub(crate) fn count(&mut self, status: Status, naming: Naming, by: i64) {
        self.sessions[place(status)] += by;
        if naming == Naming::Somebody {
            self.named[place(status)] += by;
        }
    }

    fn write(&self, conn: &Connection) -> rusqlite::Result<()> {
        let sql = "UPDATE totals SET file_bytes = ?, last_cursor = ?, feed_floor = ?, pending = ?, active = ?,
                   completed = ?, timeout = ?, cancelled = ?, error = ?, named_pending = ?, named_active = ?,
                   named_completed = ?, named_timeout = ?, named_cancelled = ?, named_error = ?";
        let others = [self.file_bytes, self.last_cursor, self.feed_floor];
        let values = others.into_iter().chain(self.sessions).chain(self.named);
        conn.prepare_cached(sql)?.execute(params_from_iter(values))?;
        Ok(())
    }
}

/// Whether a session names anybody, so that it is for those alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    Somebody,
    Nobody,
}

impl Naming {
    /// Of a session.
    pub(crate) fn of(session: &Session) -> Self {
        if session.names_nobody() { Self::Nobody } else { Self::Somebody }
    }

    /// As a column says it.
    pub(crate) fn read(row: &Row<'_>, index: usize) -> rusqlite::Result<Self> {
        Ok(if row.get(index)? { Self::Somebody } else { Self::Nobody })
    }

    /// As a column says it.
    pub(crate) fn column(self) -> i64 {
        i64::from(self == Self::Somebody)
    }
}

fn place(status: Status) -> usize {
    match status {
        Status::Pending => 0,
        Status::Active => 1,
        Status::Completed => 2,
        Status::Timeout => 3,
        Status::Cancelled => 4,
        Status::Error => 5,
    }
}

/// The transaction that is being filled.
pub(crate) struct Batch<'c> {
    pub(crate) conn: &'c Connection,
    pub(crate) totals: Totals,
    pub(crate) committed: Vec<Committed>,
    /// What the audit will say of it, written and sealed just before the end.
    pub(crate) audit: Vec<Arc<EncodedEntry>>,
    before: Totals,
    hot: [Option<CachedStatement<'c>>; HOT.len()],
}

/// The statements that most commits need: fetched once a batch, not once a commit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hot {
    InsertSession,
    FindSession,
    UpdateSession,
    InsertEvent,
    InsertAudit,
}

/// In the order of [`Hot`].
const HOT: [&str; 5] = [
    "INSERT INTO sessions (id, version, status, kind, workflow_id, node_id, assignee, created_at, updated_at,
        expires_at, steady_at, run, lapses_at, closed_at, cursor, key_principal, key_text, opened, state, named,
        audience, request_id)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)
     ON CONFLICT DO NOTHING",
    "SELECT status, cursor, number, audience, named FROM sessions WHERE id = ?1 AND version = ?2",
    "UPDATE sessions SET version = ?3, status = ?4, updated_at = ?5, expires_at = ?6, steady_at = ?7, run = ?8,
        lapses_at = ?9, closed_at = ?10, cursor = ?11, state = ?12
     WHERE id = ?1 AND version = ?2",
    "INSERT INTO events (cursor, previous, session, version, type, at, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    "INSERT INTO audit (number, at, actor, action, session, entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
];

impl<'c> Batch<'c> {
    /// One of the statements that most commits need.
    pub(crate) fn hot(&mut self, which: Hot) -> rusqlite::Result<&mut CachedStatement<'c>> {
        let place = &mut self.hot[which as usize];
        let statement = match place.take() {
            Some(statement) => statement,
            None => self.conn.prepare_cached(HOT[which as usize])?,
        };
        Ok(place.insert(statement))
    }

    pub(crate) fn begin(conn: &'c Connection) -> rusqlite::Result<Self> {
        conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let totals = Totals::read(conn)?;
        Ok(Self {
            conn,
            before: totals.clone(),
            totals,
            committed: Vec::new(),
            audit: Vec::new(),
            hot: Default::default(),
        })
    }

    /// Puts it on disk. After an error the caller rolls back.
    pub(crate) fn commit(mut self) -> rusqlite::Result<Vec<Committed>> {
        audit::seal(&mut self)?;
        if self.totals != self.before {
            self.totals.write(self.conn)?;
        }
        self.conn.prepare_cached("COMMIT")?.execute([])?;
        Ok(self.committed)
    }
}

/// What a caller gets back: the outcome, and the work, so that not the writer has to free it.
pub(crate) type Reply<T, F> = (Result<T, StoreError>, F);

/// A job made of a function and a caller who waits for what it returns.
pub(crate) struct Task<T, F> {
    work: F,
    outcome: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Reply<T, F>>,
}

impl<T, F> Task<T, F> {
    pub(crate) fn new(work: F) -> (Self, oneshot::Receiver<Reply<T, F>>) {
        let (reply, answer) = oneshot::channel();
        (Self { work, outcome: None, reply }, answer)
    }
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnMut(&mut Batch<'_>) -> Result<T, Fault> + Send,
{
    fn run(&mut self, batch: &mut Batch<'_>) -> rusqlite::Result<()> {
        let said = batch.audit.len();
        match (self.work)(batch) {
            Ok(value) => self.outcome = Some(Ok(value)),
            Err(Fault::Refused(refusal)) => {
                // What was not done is not said to have been.
                batch.audit.truncate(said);
                self.outcome = Some(Err(refusal));
            }
            Err(Fault::Sqlite(error)) => return Err(error),
        }
        Ok(())
    }

    fn answer(self: Box<Self>, ended: Result<(), StoreError>) {
        let outcome = match ended {
            Ok(()) => self.outcome.unwrap_or_else(|| Err(StoreError::Unavailable("the job was not run".to_owned()))),
            Err(error) => Err(error),
        };
        // The caller may have gone; what it asked for is done all the same.
        let _ = self.reply.send((outcome, self.work));
    }
}
