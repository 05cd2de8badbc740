//! The VFS proves itself: on the model alone, then with the real SQLite on it.

use askwell_testkit::Chance;
use proptest::prelude::*;
use rusqlite::{Connection, OpenFlags};

use super::image::{Image, SECTOR};
use super::{AfterFailedSync, Disk, Machine, NAME, Trouble, register};

/// What is done to a file.
#[derive(Clone, Debug)]
enum Step {
    Write { at: usize, length: usize },
    Truncate { length: usize },
    Sync,
    FailSync,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..3000_usize, 1..1500_usize).prop_map(|(at, length)| Step::Write { at, length }),
        1 => (0..4000_usize).prop_map(|length| Step::Truncate { length }),
        2 => Just(Step::Sync),
        1 => Just(Step::FailSync),
    ];
    prop::collection::vec(step, 0..24)
}

proptest! {
    #[test]
    fn reads_show_the_newest_and_a_cut_leaves_only_what_was_written(steps in steps(), seed: u64) {
        let mut image = Image::default();
        let mut newest: Vec<u8> = Vec::new();
        // What each byte may be after a cut, and how long the file may be.
        let mut durable: Vec<u8> = Vec::new();
        let mut unsynced: Vec<Step> = Vec::new();
        let mut written: Vec<Vec<u8>> = vec![Vec::new(); 8000];
        let mut lasting = true;
        for (number, step) in steps.iter().enumerate() {
            let byte = u8::try_from(number).unwrap() + 1;
            match step {
                Step::Write { at, length } => {
                    image.write(&vec![byte; *length], *at);
                    newest.resize(newest.len().max(at + length), 0);
                    newest[*at..at + length].fill(byte);
                    written[*at..at + length].iter_mut().for_each(|at| at.push(byte));
                }
                Step::Truncate { length } => {
                    image.truncate(*length);
                    newest.resize(*length, 0);
                }
                Step::Sync => {
                    image.sync();
                    if lasting {
                        durable.clone_from(&newest);
                    }
                    unsynced.clear();
                    written.iter_mut().for_each(Vec::clear);
                    continue;
                }
                Step::FailSync => {
                    image.fail_sync();
                    lasting = lasting && unsynced.is_empty();
                    unsynced.clear();
                    written.iter_mut().for_each(Vec::clear);
                    continue;
                }
            }
            unsynced.push(step.clone());
        }
        prop_assert_eq!(image.bytes(), &newest[..]);
        let after = image.survive(&mut Chance::seeded(seed));
        if lasting {
            let cut = unsynced.iter().any(|step| matches!(step, Step::Truncate { .. }));
            for (at, byte) in after.bytes().iter().enumerate() {
                let old = durable.get(at) == Some(byte);
                let new = written[at].contains(byte);
                let beyond = at >= durable.len() || cut;
                prop_assert!(old || new || (beyond && [0, 0xA5].contains(byte)), "byte {at} is {byte}");
            }
            prop_assert!(cut || after.bytes().len() >= durable.len(), "what was synced is shorter");
            if unsynced.is_empty() {
                prop_assert_eq!(after.bytes(), &durable[..]);
            }
        }
        // Nothing is lost twice.
        let again = after.clone().survive(&mut Chance::seeded(seed ^ 1));
        prop_assert_eq!(again.bytes(), after.bytes());
    }
}

#[test]
fn cuts_lose_nothing_something_and_everything_and_tear() {
    let outcomes = (0..200).map(|seed| {
        let mut image = Image::durable(&[1; 4 * SECTOR]);
        image.write(&[2; 4 * SECTOR], 0);
        let after = image.survive(&mut Chance::seeded(seed));
        after.bytes().chunks(SECTOR).map(|sector| sector[0]).collect::<Vec<_>>()
    });
    let outcomes: std::collections::BTreeSet<_> = outcomes.collect();
    assert!(outcomes.contains(&vec![1; 4]) && outcomes.contains(&vec![2; 4]));
    assert!(outcomes.contains(&vec![1, 2, 1, 2]) || outcomes.contains(&vec![2, 1, 2, 1]), "{outcomes:?}");
}

fn connect(machine: &Machine, synchronous: &str) -> rusqlite::Result<Connection> {
    register().expect("SQLite takes the VFS");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let conn = Connection::open_with_flags_and_vfs(machine.path("a.db"), flags, NAME)?;
    conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", synchronous)?;
    Ok(conn)
}

/// Counts up in a table until the power fails. Returns the last number that SQLite said was committed.
fn count_until_off(machine: &Machine, synchronous: &str) -> u64 {
    let mut acknowledged = 0;
    let counted = connect(machine, synchronous).and_then(|conn| {
        conn.execute_batch("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, filler)")?;
        for n in 1..10_000 {
            conn.execute("INSERT INTO t VALUES (?1, randomblob(?2))", (n, n % 7 * 900))?;
            acknowledged = n;
            if n % 40 == 0 {
                conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
            }
        }
        Ok(())
    });
    assert!(counted.is_err(), "the power was to fail");
    acknowledged
}

/// The highest number after a restart, where the database holds together.
fn found_after(disk: Disk) -> u64 {
    let machine = Machine::start(disk);
    let conn = connect(&machine, "FULL").expect("it opens");
    let whole: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("it is read");
    assert_eq!(whole, "ok");
    let there = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, u64>(0)).expect("a count");
    if there == 0 {
        return 0;
    }
    let (highest, count) = conn
        .query_row("SELECT coalesce(max(n), 0), count(*) FROM t", [], |row| Ok((row.get(0)?, row.get::<_, u64>(1)?)))
        .expect("it is read");
    assert_eq!(highest, count, "a commit in the middle is gone");
    highest
}

/// How many of `cuts` power cuts lost something that was acknowledged.
fn cuts_that_lost(synchronous: &str, cuts: u64) -> u64 {
    let mut lost = 0;
    for seed in 0..cuts {
        let mut chance = Chance::seeded(seed);
        let machine = Machine::start(Disk::default());
        machine.cut_after(chance.below(300) as u64);
        let acknowledged = count_until_off(&machine, synchronous);
        for _ in 0..4 {
            let found = found_after(machine.after_power_cut(&mut chance));
            assert!(found <= acknowledged + 1, "seed {seed}: {found} was never written");
            lost += u64::from(found < acknowledged);
        }
    }
    lost
}

#[test]
fn full_never_loses_a_commit() {
    assert_eq!(cuts_that_lost("FULL", 60), 0);
}

#[test]
fn normal_loses_commits() {
    let lost = cuts_that_lost("NORMAL", 20);
    assert!(lost > 10, "only {lost} of 80 cuts lost something: the VFS keeps what was not synced");
}

#[test]
fn a_machine_that_is_off_does_nothing_more() {
    let machine = Machine::start(Disk::default());
    let conn = connect(&machine, "FULL").unwrap();
    conn.execute_batch("CREATE TABLE t (n)").unwrap();
    machine.switch_off();
    assert!(conn.execute_batch("INSERT INTO t VALUES (1)").is_err());
    assert!(conn.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, u64>(0)).is_err());
    assert!(connect(&machine, "FULL").is_err());
    drop(conn);
    let next = Machine::start(machine.after_kill());
    let conn = connect(&next, "FULL").unwrap();
    assert_eq!(conn.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, u64>(0)), Ok(0));
}

#[test]
fn several_connections_share_one_log() {
    let machine = Machine::start(Disk::default());
    let writer = connect(&machine, "FULL").unwrap();
    writer.execute_batch("CREATE TABLE t (n)").unwrap();
    let reader = connect(&machine, "FULL").unwrap();
    let count = |conn: &Connection| conn.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, u64>(0)).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(&reader), 0);
    writer.execute_batch("INSERT INTO t VALUES (1)").unwrap();
    // The reader stays at its instant, and keeps a second writer waiting for nothing.
    assert_eq!((count(&reader), count(&writer)), (0, 1));
    writer.execute_batch("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)").unwrap();
    reader.execute_batch("COMMIT").unwrap();
    let second = connect(&machine, "FULL").unwrap();
    second.busy_timeout(std::time::Duration::ZERO).unwrap();
    let busy = second.execute_batch("BEGIN IMMEDIATE").unwrap_err();
    assert_eq!(busy.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy));
    writer.execute_batch("COMMIT").unwrap();
    assert_eq!(count(&reader), 2);
}

#[test]
fn faults_reach_sqlite() {
    use rusqlite::ErrorCode::{DiskFull, SystemIoFailure};
    let machine = Machine::start(Disk::default());
    let conn = connect(&machine, "FULL").unwrap();
    conn.execute_batch("CREATE TABLE t (n)").unwrap();
    let insert = || conn.execute_batch("INSERT INTO t VALUES (zeroblob(9000))").map_err(|e| e.sqlite_error_code());
    machine.set_faults(|faults| faults.writes = Trouble::after(1, 1));
    assert_eq!(insert(), Err(Some(SystemIoFailure)));
    insert().unwrap();
    machine.set_faults(|faults| faults.syncs = Trouble::after(0, 1));
    assert_eq!(insert(), Err(Some(SystemIoFailure)));
    let used = machine.used();
    machine.set_faults(|faults| faults.capacity = Some(used));
    // There is room where the one that failed had been.
    insert().unwrap();
    assert_eq!(insert(), Err(Some(DiskFull)));
    machine.set_faults(|faults| faults.capacity = None);
    insert().unwrap();
    assert_eq!(conn.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, u64>(0)), Ok(3));
}

/// What is said of an fsync that failed: it may not be repeated as if nothing had been.
#[test]
fn a_repeated_sync_lies() {
    for after in [AfterFailedSync::CacheStays, AfterFailedSync::CacheReverts] {
        let mut disk = Disk::default();
        let file = disk.create("a");
        disk.sync_folder();
        disk.faults.syncs = Trouble::after(0, 1);
        disk.faults.after_failed_sync = after;
        disk.write(file, b"lost", 0).unwrap();
        assert!(disk.sync(file).is_err());
        assert!(disk.sync(file).is_ok());
        let seen = disk.length(file);
        assert_eq!(seen, if after == AfterFailedSync::CacheStays { 4 } else { 0 });
        let left = disk.survive(&mut Chance::seeded(1));
        assert_eq!(left.length(left.find("a").unwrap()), 0);
    }
}
