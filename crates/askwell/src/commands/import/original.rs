//! The original's database: one table, read and never written.

use std::path::Path;

use anyhow::{Context, bail};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

/// The columns of its table `sessions`.
const COLUMNS: [&str; 10] = [
    "session_id",
    "workflow_id",
    "callback_url",
    "interaction_data",
    "status",
    "created_at",
    "updated_at",
    "expires_at",
    "response_data",
    "error_message",
];

/// A row as it stands. All columns are text, JSON or ISO time in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OriginalRow {
    pub(super) rowid: i64,
    pub(super) session_id: Option<String>,
    pub(super) workflow_id: Option<String>,
    pub(super) callback_url: Option<String>,
    pub(super) interaction_data: Option<String>,
    pub(super) status: Option<String>,
    pub(super) created_at: Option<String>,
    pub(super) updated_at: Option<String>,
    pub(super) expires_at: Option<String>,
    pub(super) response_data: Option<String>,
    pub(super) error_message: Option<String>,
}

/// The original's database.
#[derive(Debug)]
pub(super) struct Original {
    connection: Connection,
}

impl Original {
    /// Opens it read-only.
    ///
    /// # Errors
    /// It cannot be read, or is no database of the original.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        if !path.is_file() {
            bail!("there is no file {}", path.display());
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(path, flags).with_context(|| format!("{} cannot be opened", path.display()))?;
        let mut columns = columns(&connection).with_context(|| format!("{} is no SQLite database", path.display()))?;
        let mut expected = COLUMNS.map(str::to_owned);
        columns.sort();
        expected.sort();
        if columns != expected {
            bail!("{} is no database of the original component", path.display());
        }
        Ok(Self { connection })
    }

    /// How many rows there are.
    pub(super) fn count(&self) -> anyhow::Result<i64> {
        Ok(self.connection.query_row("SELECT count(*) FROM sessions", [], |row| row.get(0))?)
    }

    /// The next rows, at most `limit`.
    pub(super) fn page(&self, after: i64, limit: usize) -> anyhow::Result<Vec<OriginalRow>> {
        let sql =
            format!("SELECT rowid, {} FROM sessions WHERE rowid > ?1 ORDER BY rowid LIMIT ?2", COLUMNS.join(", "));
        let mut statement = self.connection.prepare_cached(&sql)?;
        let limit = i64::try_from(limit)?;
        let rows = statement.query_map((after, limit), |row| {
            let text = |index| row.get_ref(index).map(text);
            Ok(OriginalRow {
                rowid: row.get(0)?,
                session_id: text(1)?,
                workflow_id: text(2)?,
                callback_url: text(3)?,
                interaction_data: text(4)?,
                status: text(5)?,
                created_at: text(6)?,
                updated_at: text(7)?,
                expires_at: text(8)?,
                response_data: text(9)?,
                error_message: text(10)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn columns(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info('sessions')")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// SQLite lets any value stand in any column; numbers count as their digits.
fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    }
}
