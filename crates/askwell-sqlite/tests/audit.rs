//! An export of the audit, and the audit after a crash.
#![expect(clippy::unwrap_used, reason = "a broken expectation is a failed test")]

mod support;

use std::collections::BTreeMap;

use askwell_app::ports::{AuditStore, Clock, Ids, SealedBatch, SessionStore};
use askwell_core::audit::ndjson::{self, BadLine};
use askwell_core::audit::{Hash, Head};
use askwell_sqlite::{AuditLog, AuditLogError, OpenError, SqliteOptions, SqliteStore};
use askwell_testkit::contract::Engine;
use askwell_testkit::fixtures::{Question, audited, cancelled, entry, then};
use askwell_testkit::{Chance, TestClock, TestIds};
use serde_json::Value;
use support::TestEngine;

/// Writes batches of 1, 2, 3, 4, 1, 2 … entries.
async fn fill(store: &SqliteStore, actor: &str, batches: usize) {
    let clock = TestClock::new();
    for batch in 0..batches {
        let entries = (0..=batch % 4).map(|index| {
            let mut entry = entry("login.refused", clock.now().wall);
            entry.actor = format!("{actor}{index}");
            entry.detail.insert("n".to_owned(), (batch * 10 + index).into());
            entry
        });
        store.record(entries.collect()).await.unwrap();
    }
}

async fn export(store: &SqliteStore) -> Vec<Vec<u8>> {
    let (mut lines, mut head) = (Vec::new(), Head::EMPTY);
    for SealedBatch { entries, seal } in store.sealed(0, usize::MAX).await.unwrap() {
        lines.extend(entries.iter().map(|(number, text)| ndjson::entry_line(*number, text)));
        lines.push(ndjson::seal_line(seal.first, seal.last, &seal.hash));
        head = Head { last: seal.last, hash: seal.hash };
    }
    lines.push(ndjson::end_line(&head));
    lines.into_iter().map(String::into_bytes).collect()
}

fn judge(export: &[u8], head: Option<Hash>) -> Result<Head, BadLine> {
    let mut reader = ndjson::Reader::expecting(head);
    for line in export.split_inclusive(|byte| *byte == b'\n') {
        reader.line(line)?;
    }
    reader.finish()
}

/// A verifier that believes every seal: it looks at numbers alone.
fn believes(export: &[u8]) -> bool {
    let (mut last, mut ended) = (0, false);
    for line in export.split_inclusive(|byte| *byte == b'\n') {
        let Ok(line) = serde_json::from_slice::<Value>(line) else { return false };
        if ended {
            return false;
        }
        if let Some(number) = line["number"].as_u64() {
            last += 1;
            if number != last {
                return false;
            }
        } else if let Some(sealed) = line["seal"]["last"].as_u64() {
            if sealed != last {
                return false;
            }
        } else {
            ended = line["end"]["last"].as_u64() == Some(last);
        }
    }
    ended
}

fn tamper(lines: &[Vec<u8>], other: &[Vec<u8>], chance: &mut Chance) -> (&'static str, Vec<u8>) {
    let mut lines = lines.to_vec();
    let (one, two) = (chance.below(lines.len()), chance.below(lines.len()));
    let what = match chance.below(10) {
        0..=3 => {
            let mut bytes = lines.concat();
            let at = chance.below(bytes.len() * 8);
            bytes[at / 8] ^= 1 << (at % 8);
            return ("flip", bytes);
        }
        4 => {
            lines.remove(one);
            "delete"
        }
        5 => {
            lines.insert(two, lines[one].clone());
            "duplicate"
        }
        6 => {
            let two = if one == two { (one + 1) % lines.len() } else { two };
            lines.swap(one, two);
            "reorder"
        }
        7 => {
            let mut bytes = lines.concat();
            bytes.truncate(chance.below(bytes.len()));
            return ("truncate", bytes);
        }
        8 => {
            lines[one].clone_from(&other[one]);
            "splice a line"
        }
        _ => {
            let one = one.max(1);
            lines.truncate(one);
            lines.extend_from_slice(&other[one..]);
            "splice the rest"
        }
    };
    (what, lines.concat())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_done_to_an_export_is_found() {
    const TIMES: usize = 10_000;
    let mut chance = Chance::printed("whatever_is_done_to_an_export_is_found");
    let (ours, theirs) = (TestEngine::start().await, TestEngine::start().await);
    fill(ours.store(), "user:mei", 6).await;
    fill(theirs.store(), "user:bob", 6).await;
    let (lines, other) = (export(ours.store()).await, export(theirs.store()).await);
    let head = judge(&lines.concat(), None).unwrap();
    assert_eq!(judge(&lines.concat(), Some(head.hash)), Ok(head));
    let (mut counts, mut believed) = (BTreeMap::<_, usize>::new(), 0);
    for round in 0..TIMES {
        let (what, tampered) = tamper(&lines, &other, &mut chance);
        assert!(judge(&tampered, None).is_err(), "{what}: {}", String::from_utf8_lossy(&tampered));
        believed += usize::from(round % 4 == 0 && believes(&tampered));
        *counts.entry(what).or_default() += 1;
    }
    eprintln!("{counts:?}; {believed} of each fourth would pass without seals");
    assert!(counts.len() == 7 && counts.values().all(|count| *count > 100), "{counts:?}");
    // The test can fail: who believes every seal lets a good part of it through.
    assert!((TIMES / 40..TIMES / 40 * 9).contains(&believed), "{believed}");
    // Another chain as a whole is as good as ours, but for who wrote ours down.
    assert!(judge(&other.concat(), None).is_ok());
    assert!(judge(&other.concat(), Some(head.hash)).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_a_crash_cuts_the_log_the_chain_holds() {
    let mut chance = Chance::printed("wherever_a_crash_cuts_the_log_the_chain_holds");
    let engine = TestEngine::start().await;
    let log = engine.beside("askwell.db-wal");
    let empty = std::fs::metadata(&log).unwrap().len();
    let (clock, ids) = (TestClock::new(), TestIds::default());
    for index in 0..40 {
        let opened = audited(Question::new(ids.session(), &clock.now()).open());
        let session = opened.session.clone();
        engine.store().commit(opened).await.unwrap();
        fill(engine.store(), "user:mei", index % 3).await;
        engine.store().commit(audited(then(&session, &clock.now(), [cancelled("ci")]))).await.unwrap();
    }
    let whole = AuditLog::open(&engine.path()).unwrap().verify(None).unwrap();
    let (database, log) = (std::fs::read(engine.path()).unwrap(), std::fs::read(&log).unwrap());
    let (mut heads, mut last) = (std::collections::BTreeSet::new(), 0);
    for round in 0..50 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("askwell.db");
        let room = log.len() - usize::try_from(empty).unwrap();
        let cut = if round == 0 { log.len() } else { log.len() - chance.below(room) };
        std::fs::write(&path, &database).unwrap();
        std::fs::write(folder.path().join("askwell.db-wal"), &log[..cut]).unwrap();
        let head = AuditLog::open(&path).unwrap().verify(None).unwrap();
        // What was acknowledged last is only there where nothing was cut off.
        assert!(if round == 0 { head == whole } else { head.last <= whole.last });
        heads.insert(head.last);
        let store = SqliteStore::open(SqliteOptions::new(&path)).unwrap();
        store.record(vec![entry("server.started", clock.now().wall)]).await.unwrap();
        let after = AuditLog::open(&path).unwrap().verify(Some(head.hash)).unwrap();
        assert_eq!(after.last, head.last + 1);
        last = last.max(after.last);
    }
    assert!(heads.len() > 20 && last == whole.last + 1, "{heads:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_verified_while_others_write() {
    let engine = TestEngine::start().await;
    let writers: Vec<_> = (0..4).map(|_| (std::sync::Arc::clone(engine.store()), TestIds::default())).collect();
    let mut all = tokio::task::JoinSet::new();
    for (store, _) in writers {
        all.spawn(async move { fill(&store, "user:mei", 100).await });
    }
    let log = AuditLog::open(&engine.path()).unwrap();
    let mut head = log.verify(None).unwrap();
    while !all.is_empty() {
        let next = log.verify(Some(head.hash)).unwrap();
        assert!(next.last >= head.last);
        head = next;
        let _ = all.try_join_next();
        tokio::task::yield_now().await;
    }
    assert_eq!(log.verify(Some(head.hash)).unwrap().last, 1_000);
    let forged = log.verify(Some([1; 32]));
    assert!(matches!(forged, Err(AuditLogError::Wrong(_))), "{forged:?}");
}

#[tokio::test]
async fn only_a_database_of_ours_has_an_audit() {
    let engine = TestEngine::start().await;
    let path = engine.beside("text");
    std::fs::write(&path, "not a database, but long enough to look like a file of some sort").unwrap();
    assert!(matches!(AuditLog::open(&path), Err(OpenError::Foreign { .. })));
    assert!(AuditLog::open(&engine.beside("none.db")).is_err());
    assert!(!engine.beside("none.db").exists());
    let old = engine.beside("old.db");
    let conn = rusqlite::Connection::open(&old).unwrap();
    conn.execute_batch("PRAGMA application_id = 1095977815").unwrap();
    drop(conn);
    let refused = AuditLog::open(&old);
    assert!(matches!(refused, Err(OpenError::NoAudit { .. })), "{refused:?}");
}
