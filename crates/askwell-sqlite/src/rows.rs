//! Between rows and the types of the domain and of the ports.

use std::sync::Arc;

use askwell_app::ports::{Cursor, StoredEvent, StoredSession};
use askwell_core::ids::Version;
use askwell_core::session::{Change, Opened, State};
use askwell_core::{Event, Session, Status};
use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;
use uuid::Uuid;

/// The columns that [`session`] reads, of a table or alias `s`.
pub(crate) const SESSION: &str = "s.version, s.status, s.updated_at, s.cursor, s.opened, s.state";

/// The columns that [`event`] reads, of events `e` and the sessions `s` that they opened.
pub(crate) const EVENT: &str = "e.cursor, e.session, e.version, e.at, e.data, s.opened";

/// A cursor as it is handed out: of one width, so that it sorts as text.
pub(crate) fn cursor(number: i64) -> Cursor {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // By hand: the writer makes one for each commit.
    let bytes = number.to_be_bytes();
    let digits: [u8; 16] = std::array::from_fn(|at| {
        let byte = bytes[at / 2];
        DIGITS[usize::from(if at % 2 == 0 { byte >> 4 } else { byte & 15 })]
    });
    Cursor(std::str::from_utf8(&digits).unwrap_or_default().into())
}

/// The number behind a cursor; `None` if it is none of ours.
pub(crate) fn cursor_number(text: &str) -> Option<i64> {
    let ours = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if ours { i64::from_str_radix(text, 16).ok() } else { None }
}

pub(crate) fn session(row: &Row<'_>) -> rusqlite::Result<StoredSession> {
    Ok(StoredSession {
        session: Session {
            version: version(row, 0)?,
            status: status(row, 1)?,
            updated_at: timestamp(row, 2)?,
            opened: opened(row, 4)?,
            state: json::<State>(row, 5)?,
        },
        cursor: cursor(row.get(3)?),
    })
}

pub(crate) fn event(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    let change = match row.get_ref(4)?.as_bytes_or_null().map_err(|error| unreadable(4, error))? {
        Some(data) => serde_json::from_slice::<Change>(data).map_err(|error| unreadable(4, error))?,
        None => Change::Opened(opened(row, 5)?),
    };
    Ok(StoredEvent {
        cursor: cursor(row.get(0)?),
        session: askwell_core::ids::SessionId(uuid(row, 1)?),
        version: version(row, 2)?,
        event: Event { at: timestamp(row, 3)?, change },
    })
}

pub(crate) fn uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    row.get::<_, [u8; 16]>(column).map(Uuid::from_bytes)
}

pub(crate) fn version(row: &Row<'_>, column: usize) -> rusqlite::Result<Version> {
    row.get(column).map(Version)
}

pub(crate) fn timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(row.get(column)?).map_err(|error| unreadable(column, error))
}

pub(crate) fn maybe_timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(column)? {
        Some(_) => timestamp(row, column).map(Some),
        None => Ok(None),
    }
}

pub(crate) fn status(row: &Row<'_>, column: usize) -> rusqlite::Result<Status> {
    let text = row.get_ref(column)?.as_str()?;
    text.parse().map_err(|()| unreadable(column, std::io::Error::other(format!("no such status: {text}"))))
}

pub(crate) fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|error| unreadable(column, error))
}

pub(crate) fn unreadable(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

fn opened(row: &Row<'_>, column: usize) -> rusqlite::Result<Arc<Opened>> {
    json::<Opened>(row, column).map(Arc::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_sort_as_text_and_only_ours_are_read() {
        for (smaller, larger) in [(0, 1), (9, 10), (15, 16), (255, 256), (1 << 40, i64::MAX)] {
            assert!(cursor(smaller) < cursor(larger));
            assert_eq!(cursor_number(&cursor(larger).0), Some(larger));
        }
        for text in ["", "1", "000000000000000g", "000000000000000A", "+00000000000000a", "ffffffffffffffff"] {
            assert_eq!(cursor_number(text), None, "{text}");
        }
    }
}
