//! The audit of a database, read from outside: by the command line, also while a server writes.
//!
//! Job: judge the chain as it lies in the file. Invariant: it writes nothing,
//! and looks at the rows themselves, all of them, not at what the engine would
//! make of them. Neighbours: `askwell_core::audit::Verifier` judges.

use std::path::{Path, PathBuf};

use askwell_app::ports::SealedBatch;
use askwell_core::audit::{AuditEntry, Hash, Head, Verifier, What, Wrong};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::connect::Connector;
use crate::error::OpenError;
use crate::migrations;

/// Seals that are read at one instant: a writer's log starts anew between two such pages.
const PAGE: usize = 256;

/// Why the audit of a database was not read, or does not hold.
#[derive(Debug, thiserror::Error)]
pub enum AuditLogError {
    /// It was tampered with.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// SQLite would not read it.
    #[error("{} cannot be read: {source}", path.display())]
    Sqlite {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
}

/// The audit of a database, read from outside.
#[derive(Debug)]
pub struct AuditLog {
    conn: Connection,
    path: PathBuf,
}

impl AuditLog {
    /// Opens a database to read its audit. Writes nothing; somebody else may write meanwhile.
    ///
    /// # Errors
    /// [`OpenError`]: it is not a database of this version, or older than the audit.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Sqlite { path: path.to_owned(), source };
        let conn = Connector::stranger(path, None).map_err(failed)?;
        migrations::recognise(&conn, path)?;
        let table = "SELECT 1 FROM sqlite_schema WHERE name = 'audit_head'";
        match conn.query_row(table, [], |_| Ok(())).optional().map_err(failed)? {
            Some(()) => Ok(Self { conn, path: path.to_owned() }),
            None => Err(OpenError::NoAudit { path: path.to_owned() }),
        }
    }

    /// Where the chain stands, if it is whole; and if `head`, written down earlier, is of it.
    ///
    /// # Errors
    /// [`AuditLogError::Wrong`] names the first thing that is wrong.
    pub fn verify(&self, head: Option<Hash>) -> Result<Head, AuditLogError> {
        let mut verifier = Verifier::expecting(head);
        loop {
            let page = self.at_one_instant(|conn| next_page(conn, &mut verifier, PAGE))?;
            if let Progress::Done = page? {
                return Ok(verifier.finish()?);
            }
        }
    }

    /// The entries after this number with their seals, as [`askwell_app::ports::AuditStore::sealed`] gives them.
    ///
    /// # Errors
    /// [`AuditLogError::Sqlite`].
    pub fn sealed(&self, after: u64, limit: usize) -> Result<Vec<SealedBatch>, AuditLogError> {
        self.at_one_instant(|conn| super::sealed(conn, after, limit))
    }

    fn at_one_instant<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, AuditLogError> {
        let read = || {
            let snapshot = self.conn.unchecked_transaction()?;
            let value = read(&snapshot)?;
            snapshot.commit()?;
            Ok(value)
        };
        read().map_err(|source| AuditLogError::Sqlite { path: self.path.clone(), source })
    }
}

/// Whether there may be more to verify.
pub(super) enum Progress {
    More,
    Done,
}

/// Feeds the verifier with at most so many batches more; with the last of them also with what no seal closes.
pub(super) fn next_page(
    conn: &Connection,
    verifier: &mut Verifier,
    seals: usize,
) -> rusqlite::Result<Result<Progress, Wrong>> {
    let reached = verifier.head().last;
    // At the start even what lies before the first number, and could not have been written.
    let from = if reached == 0 { i64::MIN } else { signed(reached) + 1 };
    let limit = i64::try_from(seals).unwrap_or(i64::MAX);
    let mut sql =
        conn.prepare_cached("SELECT first, last, hash FROM audit_seals WHERE last >= ?1 ORDER BY last LIMIT ?2")?;
    let page: Vec<_> = sql.query_map([from, limit], stored_seal)?.collect::<rusqlite::Result<_>>()?;
    let is_last = page.len() < seals;
    let until = page.last().map_or(i64::MAX, |seal| seal.last);
    let until = if is_last { i64::MAX } else { until };
    let mut sql = conn.prepare_cached(
        "SELECT number, at, actor, action, session, entry FROM audit WHERE number >= ?1 AND number <= ?2 ORDER BY number",
    )?;
    let mut rows = sql.query(params![from, until])?;
    let mut row = rows.next()?;
    for seal in page {
        while let Some(found) = row
            && found.get::<_, i64>(0)? <= seal.last
        {
            if let Err(wrong) = feed(verifier, found)? {
                return Ok(Err(wrong));
            }
            row = rows.next()?;
        }
        let (Ok(first), Ok(last)) = (u64::try_from(seal.first), u64::try_from(seal.last)) else {
            return Ok(Err(Wrong::of(verifier.head().last + 1, What::Altered)));
        };
        if let Err(wrong) = verifier.seal(first, last, &seal.hash) {
            return Ok(Err(wrong));
        }
    }
    while let Some(found) = row {
        if let Err(wrong) = feed(verifier, found)? {
            return Ok(Err(wrong));
        }
        row = rows.next()?;
    }
    if is_last { Ok(compare_head(conn, verifier)?.map(|()| Progress::Done)) } else { Ok(Ok(Progress::More)) }
}

struct StoredSeal {
    first: i64,
    last: i64,
    hash: Hash,
}

/// What has another type than ours becomes something that no seal is.
fn stored_seal(row: &Row<'_>) -> rusqlite::Result<StoredSeal> {
    Ok(StoredSeal { first: row.get(0).unwrap_or(-1), last: row.get(1)?, hash: row.get(2).unwrap_or_default() })
}

fn feed(verifier: &mut Verifier, row: &Row<'_>) -> rusqlite::Result<Result<(), Wrong>> {
    let Ok(number) = u64::try_from(row.get::<_, i64>(0)?) else {
        return Ok(Err(Wrong::of(0, What::Reordered)));
    };
    let text = row.get_ref(5)?.as_bytes().unwrap_or_default();
    if let Ok(entry) = serde_json::from_slice::<AuditEntry>(text)
        && !repeats(&entry, row)
    {
        return Ok(Err(Wrong::of(number, What::Altered)));
    }
    Ok(verifier.entry(number, text))
}

/// Whether the columns that entries are found by say what the entry says.
fn repeats(entry: &AuditEntry, row: &Row<'_>) -> bool {
    let session = entry.session.map(|session| *session.0.as_bytes());
    row.get(1) == Ok(entry.at.as_millisecond())
        && row.get_ref(2).is_ok_and(|actor| actor.as_bytes() == Ok(entry.actor.as_bytes()))
        && row.get_ref(3).is_ok_and(|action| action.as_bytes() == Ok(entry.action.as_bytes()))
        && row.get(4) == Ok(session)
}

/// The head that is kept beside the chain knows of an end that was cut off.
fn compare_head(conn: &Connection, verifier: &Verifier) -> rusqlite::Result<Result<(), Wrong>> {
    let sql = "SELECT number, hash FROM audit_head";
    let kept =
        conn.query_row(sql, [], |row| Ok((row.get(0).unwrap_or(-1), row.get(1).unwrap_or_default()))).optional()?;
    let Head { last, hash } = verifier.head();
    let (number, kept): (i64, Hash) = kept.unwrap_or_default();
    Ok(if number > signed(last) {
        Err(Wrong::of(last + 1, What::Truncated))
    } else if number < signed(last) || kept != hash {
        Err(Wrong::of(last, What::HeadDiffers))
    } else {
        Ok(())
    })
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
