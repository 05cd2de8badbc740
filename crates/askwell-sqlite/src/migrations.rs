//! Whose database it is, and how it gets the newest schema.
//!
//! Job: refuse everything that is not ours before the first byte is written,
//! then run what is missing, each migration in its own transaction together
//! with its checksum. Neighbours: `migrations/*.sql`.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use crate::error::OpenError;

/// `ASKW`, in the header of each of our databases.
pub(crate) const APPLICATION_ID: i32 = 0x4153_4B57;

/// Every migration, in order; the first is version 1.
const MIGRATIONS: &[(&str, &str)] = &[
    ("sessions", include_str!("../migrations/0001_sessions.sql")),
    ("open_reviews", include_str!("../migrations/0002_open_reviews.sql")),
    ("accounts", include_str!("../migrations/0003_accounts.sql")),
    ("audit", include_str!("../migrations/0004_audit.sql")),
    ("sign_ins", include_str!("../migrations/0005_sign_ins.sql")),
    ("audiences", include_str!("../migrations/0006_audiences.sql")),
    ("audit_facets", include_str!("../migrations/0007_audit_facets.sql")),
];

/// Refuses a database that is not ours or that a newer version has written. Writes nothing.
pub(crate) fn recognise(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |source: rusqlite::Error| match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => OpenError::Foreign { path: path.to_owned() },
        _ => OpenError::Sqlite { path: path.to_owned(), source },
    };
    let application: i32 = conn.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(failed)?;
    if application == APPLICATION_ID {
        return check_applied(conn, path);
    }
    let objects: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    if application == 0 && objects == 0 {
        return Ok(());
    }
    let original =
        "SELECT count(*) FROM pragma_table_info('sessions') WHERE name IN ('session_id', 'interaction_data')";
    let columns: i64 = conn.query_row(original, [], |row| row.get(0)).map_err(failed)?;
    let path = path.to_owned();
    Err(if application == 0 && columns == 2 { OpenError::Original { path } } else { OpenError::Foreign { path } })
}

/// Brings a recognised database to the newest schema.
pub(crate) fn run(conn: &mut Connection) -> rusqlite::Result<()> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations
            (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT",
    )?;
    tx.commit()?;
    for (version, (name, sql)) in (1_u32..).zip(MIGRATIONS) {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = tx.query_row("SELECT 1 FROM migrations WHERE version = ?1", [version], |_| Ok(())).optional()?;
        if done.is_none() {
            tx.execute_batch(sql)?;
            tx.execute("INSERT INTO migrations VALUES (?1, ?2, ?3)", params![version, name, checksum(sql)])?;
        }
        tx.commit()?;
    }
    Ok(())
}

fn check_applied(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    let rows = || -> rusqlite::Result<Vec<(u32, String)>> {
        // A process that died between the header and the table leaves no table yet.
        let table = "SELECT 1 FROM sqlite_schema WHERE name = 'migrations'";
        if conn.query_row(table, [], |_| Ok(())).optional()?.is_none() {
            return Ok(Vec::new());
        }
        conn.prepare("SELECT version, checksum FROM migrations ORDER BY version")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    };
    let applied = rows().map_err(|source| OpenError::Sqlite { path: path.to_owned(), source })?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if let Some((found, _)) = applied.last().filter(|(version, _)| *version > known) {
        return Err(OpenError::Newer { path: path.to_owned(), found: *found, known });
    }
    for ((version, found), (_, sql)) in applied.iter().zip(MIGRATIONS) {
        if *found != checksum(sql) {
            return Err(OpenError::Altered { path: path.to_owned(), version: *version });
        }
    }
    Ok(())
}

fn checksum(sql: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(sql.as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was counted and named before goes on being so.
    #[test]
    fn audiences_keep_their_counts_and_get_keys_of_their_own() {
        let conn = Connection::open_in_memory().unwrap();
        let at = MIGRATIONS.iter().position(|(name, _)| *name == "audiences").unwrap();
        for (_, sql) in &MIGRATIONS[..at] {
            conn.execute_batch(sql).unwrap();
        }
        conn.execute_batch(
            r#"INSERT INTO sessions (number, id, version, status, kind, created_at, updated_at, expires_at, steady_at, run,
                    cursor, opened, state, named, audience)
                VALUES (7, x'01', 1, 'pending', 'review', 0, 0, 0, 0, x'02', 1,
                    '{"requester": {"id": "ann", "verified": true}, "on_behalf_of": "bob"}', '{}', 1, 1);
            INSERT INTO audiences (id, key, named, pending, completed)
                VALUES (1, 'asked:ann' || char(10) || 'asked:bob' || char(10) || 'user:c"d' || char(10) || '1', 1, 1, 4),
                    (2, 'asked:ann' || char(10) || '0', 0, 2, 0);
            INSERT INTO audience_subjects VALUES ('user:c"d', 1), ('asked:bob', 1), ('asked:ann', 1), ('asked:ann', 2);
            INSERT INTO eligible (session, subject, relation, opened_at, uuid) VALUES
                (7, 'asked:ann', 'requester', 0, x'01'), (7, 'asked:bob', 'requester', 0, x'01'),
                (7, 'user:c"d', 'candidate', 0, x'01');"#,
        )
        .unwrap();
        conn.execute_batch(MIGRATIONS[at].1).unwrap();
        let texts = |sql: &str| -> Vec<String> {
            let mut statement = conn.prepare(sql).unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let expected =
            [serde_json::json!([1, "asked:ann", "asked:bob", "user:c\"d"]), serde_json::json!([0, "asked:ann"])];
        assert_eq!(texts("SELECT key FROM audiences ORDER BY id"), expected.map(|key| key.to_string()));
        let relations = texts("SELECT relation FROM eligible ORDER BY subject");
        assert_eq!(relations, ["requester", "represented", "candidate"]);
        let totals = texts("SELECT named_pending || ' ' || named_active || ' ' || named_completed FROM totals");
        assert_eq!(totals, ["1 0 4"]);
    }
}
