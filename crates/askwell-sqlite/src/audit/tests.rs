//! The rows themselves, tampered with by somebody who holds the file.

use std::sync::Arc;
use std::sync::mpsc::channel;

use askwell_app::ports::{AuditStore, Clock, StoreError};
use askwell_core::audit::{GENESIS, Hash, Head, Verifier, What, Wrong};
use askwell_testkit::fixtures::entry;
use askwell_testkit::{Chance, TestClock, TestIds};
use rusqlite::{Connection, OptionalExtension};
use tempfile::TempDir;

use super::log::{Progress, next_page};
use super::*;
use crate::SqliteOptions;

/// A closed database with 16 entries in batches of 1, 2, 3, 4, 1, 2 …, and its head.
async fn chain(actor: &str) -> (TempDir, Head) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(SqliteOptions::new(folder.path().join("askwell.db"))).unwrap();
    let (clock, ids) = (TestClock::new(), TestIds::default());
    let mut number = 0;
    for batch in 0.. {
        let entries = (0..=batch % 4).map(|_| {
            number += 1;
            let mut entry = entry(&format!("session.{}", ["opened", "answered"][number % 2]), clock.now().wall);
            clock.advance(std::time::Duration::from_millis(7));
            entry.actor = format!("{actor}{}", number % 3);
            entry.session = (number % 2 == 0).then(|| askwell_app::ports::Ids::session(&ids));
            entry.subject = Some(format!("某人 {number}"));
            entry.detail.insert("n".to_owned(), number.into());
            entry
        });
        store.record(entries.collect()).await.unwrap();
        if number >= 14 {
            break;
        }
    }
    store.close().await;
    let head = AuditLog::open(&folder.path().join("askwell.db")).unwrap().verify(None).unwrap();
    (folder, head)
}

fn raw(folder: &TempDir) -> Connection {
    Connection::open(folder.path().join("askwell.db")).unwrap()
}

fn judge(conn: &Connection, head: Option<Hash>) -> Result<Head, Wrong> {
    let mut verifier = Verifier::expecting(head);
    // Few at a time, so that there are many pages.
    while let Progress::More = next_page(conn, &mut verifier, 3).unwrap()? {}
    verifier.finish()
}

/// A verifier that believes every seal: it looks at numbers alone.
fn believes(conn: &Connection) -> bool {
    let one =
        |sql: &str| conn.query_row(sql, [], |row| row.get::<_, Option<i64>>(0)).optional().ok().flatten().flatten();
    let last = one("SELECT number FROM audit_head");
    one("SELECT max(number) FROM audit") == last
        && one("SELECT min(number) FROM audit") == Some(1)
        && one("SELECT count(*) FROM audit") == last
        && one("SELECT max(last) FROM audit_seals") == last
        && one("SELECT sum(last - first + 1) FROM audit_seals") == last
}

/// Changes something; says which head from before is needed to find it, if one is. `None`: it did not come off.
fn tamper(conn: &Connection, chance: &mut Chance, head: Head) -> Option<(&'static str, Option<Hash>)> {
    let number = 1 + i64::try_from(chance.below(16)).unwrap();
    let other = 1 + i64::try_from(chance.below(16)).unwrap();
    let run = |sql: &str| conn.execute_batch(sql).ok();
    let kind = chance.below(12);
    let what = match kind {
        0..=4 => return flip(conn, chance, number).map(|()| ("flip", None)),
        5 => run(&format!("DELETE FROM audit WHERE number = {number}")).map(|()| "delete"),
        6 => {
            let seal = format!("(SELECT min(last) FROM audit_seals WHERE last >= {number})");
            run(&format!("DELETE FROM audit_seals WHERE last = {seal}")).map(|()| "delete a seal")
        }
        7 => run(&format!(
            "INSERT INTO audit SELECT {other} + 16, at, actor, action, session, entry FROM audit
                           WHERE number = {number}"
        ))
        .map(|()| "duplicate"),
        8 if number != other => run(&format!(
            "UPDATE audit SET number = -1 WHERE number = {number};
             UPDATE audit SET number = {number} WHERE number = {other};
             UPDATE audit SET number = {other} WHERE number = -1;"
        ))
        .map(|()| "reorder"),
        9 => {
            run(&format!("DELETE FROM audit WHERE number >= {number}; DELETE FROM audit_seals WHERE last >= {number}"))
                .map(|()| "truncate")
        }
        // With the head set back it is a whole chain, only a shorter one.
        10 => {
            run(&format!(
                "DELETE FROM audit_seals WHERE last >= {number};
                 DELETE FROM audit WHERE number > coalesce((SELECT max(last) FROM audit_seals), 0);
                 UPDATE audit_head SET number = coalesce((SELECT max(last) FROM audit_seals), 0),
                    hash = coalesce((SELECT hash FROM audit_seals ORDER BY last DESC LIMIT 1), zeroblob(32));"
            ))?;
            return Some(("truncate wholly", Some(head.hash)));
        }
        11 => {
            // From another chain of the same numbers: an entry, a seal, or all from a batch on but the first.
            let sql = match chance.below(3) {
                0 => format!("INSERT OR REPLACE INTO audit SELECT * FROM other.audit WHERE number = {number}"),
                1 => "INSERT OR REPLACE INTO audit_seals SELECT * FROM other.audit_seals WHERE last >= 6".to_owned(),
                _ => "INSERT OR REPLACE INTO audit SELECT * FROM other.audit WHERE number > 3;
                      INSERT OR REPLACE INTO audit_seals SELECT * FROM other.audit_seals WHERE last > 3;
                      INSERT OR REPLACE INTO audit_head SELECT * FROM other.audit_head;"
                    .to_owned(),
            };
            run(&sql).map(|()| "splice")
        }
        _ => None,
    };
    what.map(|what| (what, None))
}

/// Flips one bit of one value: of an entry's row, of the seal over it, or of the head.
fn flip(conn: &Connection, chance: &mut Chance, number: i64) -> Option<()> {
    let seal = format!("audit_seals WHERE last = (SELECT min(last) FROM audit_seals WHERE last >= {number})");
    let entry = format!("audit WHERE number = {number}");
    let head = "audit_head WHERE only = 1".to_owned();
    let (column, of) = [
        ("number", &entry),
        ("at", &entry),
        ("actor", &entry),
        ("action", &entry),
        ("session", &entry),
        ("entry", &entry),
        ("entry", &entry),
        ("entry", &entry),
        ("first", &seal),
        ("last", &seal),
        ("hash", &seal),
        ("number", &head),
        ("hash", &head),
    ][chance.below(13)];
    let value: Value = conn.query_row(&format!("SELECT {column} FROM {of}"), [], |row| row.get(0)).unwrap();
    let mut bits = |mut bytes: Vec<u8>| {
        let at = chance.below(bytes.len() * 8);
        bytes[at / 8] ^= 1 << (at % 8);
        bytes
    };
    let (value, expression) = match value {
        Value::Integer(number) => {
            let flipped = bits(number.to_be_bytes().to_vec());
            (Value::Integer(i64::from_be_bytes(flipped.try_into().unwrap())), "?1")
        }
        // What comes out need not be UTF-8.
        Value::Text(text) => (Value::Blob(bits(text.into_bytes())), "CAST(?1 AS TEXT)"),
        Value::Blob(bytes) => (Value::Blob(bits(bytes)), "?1"),
        _ => (Value::Blob(vec![0; 16]), "?1"),
    };
    let (table, place) = of.split_once(" WHERE ").unwrap();
    // A number that is taken, or a head of more rows than one, is refused by the table itself.
    conn.execute(&format!("UPDATE {table} SET {column} = {expression} WHERE {place}"), [value]).ok().map(drop)
}

const TRIGGERS: [&str; 4] =
    ["audit_is_not_changed", "audit_is_not_removed", "audit_seals_are_not_changed", "audit_seals_are_not_removed"];

#[tokio::test]
async fn whatever_is_done_to_the_rows_is_found() {
    const TIMES: usize = 10_000;
    let mut chance = Chance::printed("whatever_is_done_to_the_rows_is_found");
    let ((folder, head), (other, _)) = (chain("user:mei").await, chain("user:bob").await);
    let conn = raw(&folder);
    for sql in [
        "UPDATE audit SET actor = 'user:eve'",
        "DELETE FROM audit WHERE number = 16",
        "UPDATE audit_seals SET hash = zeroblob(32)",
        "DELETE FROM audit_seals",
    ] {
        assert!(conn.execute(sql, []).unwrap_err().to_string().contains("append-only"), "{sql}");
    }
    for trigger in TRIGGERS {
        conn.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    let path = other.path().join("askwell.db");
    conn.execute("ATTACH ?1 AS other", [path.to_str().unwrap()]).unwrap();
    assert_eq!(judge(&conn, Some(head.hash)), Ok(head));

    let mut counts = std::collections::BTreeMap::new();
    let mut believed = 0;
    while counts.values().sum::<usize>() < TIMES {
        conn.execute_batch("BEGIN").unwrap();
        if let Some((what, known)) = tamper(&conn, &mut chance, head) {
            let verdict = judge(&conn, known);
            assert!(verdict.is_err(), "{what}: {verdict:?}");
            believed += usize::from(believes(&conn));
            *counts.entry(what).or_default() += 1;
        }
        conn.execute_batch("ROLLBACK").unwrap();
    }
    eprintln!("{counts:?}; {believed} of them would pass without seals");
    assert!(counts.len() >= 7 && counts.values().all(|count| *count > 100), "{counts:?}");
    // The test can fail: who believes every seal lets a good part of it through.
    assert!((TIMES / 10..TIMES / 10 * 9).contains(&believed), "{believed}");
    assert_eq!(judge(&conn, None), Ok(head), "all of it was taken back");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let (folder, head) = chain("user:mei").await;
    let conn = raw(&folder);
    for trigger in TRIGGERS {
        conn.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    let wrong = |first, last, what| Err(Wrong { first, last, what });
    let table = [
        ("UPDATE audit SET at = at + 1 WHERE number = 5", wrong(5, 5, What::Altered)),
        ("UPDATE audit SET entry = replace(entry, 'password', 'passkey') WHERE number = 5", wrong(4, 6, What::Altered)),
        ("DELETE FROM audit WHERE number = 5", wrong(5, 5, What::Missing)),
        ("DELETE FROM audit_seals WHERE last = 6", wrong(4, 6, What::Missing)),
        (
            "DELETE FROM audit WHERE number > 13; DELETE FROM audit_seals WHERE last > 13",
            wrong(14, 14, What::Truncated),
        ),
        ("DELETE FROM audit_seals WHERE last = (SELECT max(last) FROM audit_seals)", wrong(14, 14, What::Truncated)),
        ("UPDATE audit_head SET hash = zeroblob(32)", wrong(head.last, head.last, What::HeadDiffers)),
        (
            "INSERT INTO audit SELECT -7, at, actor, action, session, entry FROM audit WHERE number = 1",
            wrong(0, 0, What::Reordered),
        ),
    ];
    for (sql, expected) in table {
        conn.execute_batch("BEGIN").unwrap();
        conn.execute_batch(sql).unwrap();
        assert_eq!(judge(&conn, None), expected, "{sql}");
        conn.execute_batch("ROLLBACK").unwrap();
    }
    assert_eq!(judge(&conn, Some([7; 32])), wrong(1, head.last, What::HeadUnknown));
    assert_eq!(judge(&conn, Some(GENESIS)), Ok(head));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_fails_alone_says_nothing_and_the_others_say_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(SqliteOptions::new(folder.path().join("askwell.db"))).unwrap());
    let at = TestClock::new().now().wall;
    // The writer is held until all the others are queued, so that they share a batch.
    let (release, held) = channel::<()>();
    let (started, running) = tokio::sync::oneshot::channel::<()>();
    let mut started = Some(started);
    let mut all = tokio::task::JoinSet::new();
    let holder = Arc::clone(&store);
    all.spawn(async move {
        let wait = move |batch: &mut Batch<'_>| {
            started.take().map(|started| started.send(()));
            held.recv().ok();
            append(batch, &entry("held", at))
        };
        assert!(holder.write(Lane::Decide, wait).await.is_ok());
    });
    running.await.unwrap();
    for index in 0..12 {
        let store = Arc::clone(&store);
        all.spawn(async move {
            let work = move |batch: &mut Batch<'_>| {
                append(batch, &entry(&format!("job.{index}"), at))?;
                match index {
                    2 => return Err(Fault::Refused(StoreError::Stale)),
                    5 => batch.conn.execute_batch("INSERT INTO totals (only) VALUES (1)")?,
                    8 => panic!("a bug"),
                    _ => {}
                }
                Ok(())
            };
            assert_eq!(store.write(Lane::Open, work).await.is_ok(), ![2, 5, 8].contains(&index));
        });
    }
    while store.queue().len() < 12 {
        tokio::task::yield_now().await;
    }
    release.send(()).unwrap();
    all.join_all().await;
    let rows = store.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.unwrap();
    let mut said: Vec<_> = rows.iter().map(|row| row.entry.action.clone()).collect();
    said.sort_unstable();
    let expected = [0, 1, 10, 11, 3, 4, 6, 7, 9].map(|index| format!("job.{index}"));
    assert_eq!(said, ["held".to_owned()].into_iter().chain(expected).collect::<Vec<_>>());
    store.close().await;
    assert_eq!(AuditLog::open(&folder.path().join("askwell.db")).unwrap().verify(None).unwrap().last, 10);
}

#[tokio::test]
async fn an_action_is_found_without_passing_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("askwell.db");
    let store = SqliteStore::open(SqliteOptions::new(&path)).unwrap();
    let clock = TestClock::new();
    let record = async |action: &str, count: usize| {
        store.record(vec![entry(action, clock.now().wall); count]).await.unwrap();
    };
    let query = || AuditQuery { action: Some("login.".to_owned()), limit: 3, ..AuditQuery::default() };
    let steps = || crate::steps::steps(&path, |conn| page(conn, query()));
    record("login.began", 5).await;
    record("login.refused", 5).await;
    // Until enough is there for the indexes, all is looked at; then nothing but what is asked for.
    record("session.opened", 300).await;
    let before = steps();
    record("session.opened", 500).await;
    record("login.began", 20).await;
    record("audit.exported", 256).await;
    assert_eq!(steps(), before);
    let numbers: Vec<_> = store.audit(query()).await.unwrap().iter().map(|row| row.number).collect();
    assert_eq!(numbers, [830, 829, 828]);
}
