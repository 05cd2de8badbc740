//! A row that cannot be read, as after a fault of the disk, harms no other.

use std::time::Duration;

use askwell_app::ports::{Clock, Ids, SessionStore};
use askwell_sqlite::{SqliteOptions, SqliteStore};
use askwell_testkit::fixtures::Question;
use askwell_testkit::{TestClock, TestIds};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_cannot_be_read_keeps_no_other_from_its_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("askwell.db");
    let (ids, clock) = (TestIds::default(), TestClock::new());
    let store = SqliteStore::open(SqliteOptions::new(&path)).unwrap();
    let broken = store.commit(Question::new(ids.session(), &clock.now()).open()).await.unwrap();
    let whole = store.commit(Question::new(ids.session(), &clock.now()).open()).await.unwrap();
    store.close().await;
    let database = rusqlite::Connection::open(&path).unwrap();
    let changed = database
        .execute("UPDATE sessions SET state = '{', lapses_at = 1 WHERE id = ?1", [broken.session.0.as_bytes()])
        .unwrap();
    assert_eq!(changed, 1);
    drop(database);

    let store = SqliteStore::open(SqliteOptions::new(&path)).unwrap();
    clock.advance(Duration::from_hours(24 * 365));
    let due = store.due(clock.now(), 10).await.unwrap();
    assert_eq!(due.sessions.iter().map(askwell_core::Session::id).collect::<Vec<_>>(), [whole.session]);
    assert!(store.session(broken.session).await.is_err());
    // Nor from being told when to look again, while the others are not due yet.
    assert!(store.due(TestClock::new().now(), 10).await.unwrap().next.is_some());
}
