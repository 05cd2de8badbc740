//! A consistent copy of a database that is in use.

use std::fs::OpenOptions;
use std::path::Path;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use crate::connect::Connector;
use crate::error::BackupError;

/// Copies the database at `from` to `to`, as it is at one instant, while others
/// read and write it; then checks the copy. Blocks until done.
///
/// # Errors
/// [`BackupError::Exists`] leaves the file as it was; after any other error there is no copy.
pub fn backup(from: &Path, to: &Path) -> Result<(), BackupError> {
    copy_with(from, None, to)
}

pub(crate) fn copy_with(from: &Path, vfs: Option<&str>, to: &Path) -> Result<(), BackupError> {
    let source = Connector::stranger(from, vfs)?;
    OpenOptions::new().write(true).create_new(true).open(to).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => BackupError::Exists(to.to_owned()),
        _ => BackupError::Io(error),
    })?;
    copy(&source, to).inspect_err(|_| {
        let _ = std::fs::remove_file(to);
    })
}

fn copy(source: &Connection, to: &Path) -> Result<(), BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(to, flags)?;
    // The read transaction pins one instant; readers do not hold up the writer.
    source.execute_batch("BEGIN")?;
    source.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    {
        let backup = Backup::new(source, &mut target)?;
        match backup.step(-1)? {
            rusqlite::backup::StepResult::Done => {}
            other => return Err(BackupError::Damaged(format!("it ended with {other:?}"))),
        }
    }
    source.execute_batch("COMMIT")?;
    // One file, without a log beside it.
    target.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    let verdict: String = target.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(BackupError::Damaged(verdict));
    }
    target.close().map_err(|(_, error)| error)?;
    std::fs::File::open(to)?.sync_all()?;
    if let Some(folder) = to.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
