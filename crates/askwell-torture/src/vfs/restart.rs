//! The smallest case in which an fsync that lies loses what was acknowledged: it fails, the process ends, another one
//! starts on the same machine and goes on writing behind what is in the cache alone, and then the power fails.

use std::sync::Arc;

use askwell_app::ports::{Clock, Ids, SessionStore};
use askwell_core::ids::SessionId;
use askwell_sqlite::{SqliteOptions, SqliteStore};
use askwell_testkit::fixtures::Question;
use askwell_testkit::{Chance, TestClock, TestIds};

use super::{Disk, Machine, NAME, Trouble, register};

fn open(machine: &Machine) -> SqliteStore {
    register().expect("SQLite takes the VFS");
    let mut options = SqliteOptions::new(machine.path("askwell.db"));
    options.vfs = Some(NAME.to_owned());
    SqliteStore::open(options).expect("it opens")
}

async fn commit(store: &SqliteStore, ids: &TestIds, clock: &TestClock) -> Option<SessionId> {
    let id = ids.session();
    store.commit(Question::new(id, &clock.now()).open()).await.is_ok().then_some(id)
}

/// What is acknowledged by the first process and by the second; and the machine, switched off.
async fn acknowledged(failing: Trouble) -> (Arc<Machine>, Vec<SessionId>) {
    let (ids, clock) = (TestIds::default(), TestClock::new());
    let mut told = Vec::new();
    let first = Machine::start(Disk::default());
    let store = open(&first);
    for _ in 0..3 {
        told.extend(commit(&store, &ids, &clock).await);
    }
    first.set_faults(|faults| faults.syncs = failing);
    assert_eq!(commit(&store, &ids, &clock).await, None, "the fsync failed");
    first.switch_off();
    drop(store);
    let second = Machine::start(first.after_kill());
    second.set_faults(|faults| *faults = super::Faults::default());
    let store = open(&second);
    for _ in 0..3 {
        told.extend(commit(&store, &ids, &clock).await);
    }
    assert_eq!(told.len(), 6);
    second.switch_off();
    drop(store);
    (second, told)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_does_not_build_on_what_an_fsync_has_dropped() {
    let (machine, told) = acknowledged(Trouble::LASTING).await;
    for seed in 0..12 {
        let left = Machine::start(machine.after_power_cut(&mut Chance::seeded(seed)));
        let store = open(&left);
        for id in &told {
            assert!(store.session(*id).await.expect("it is read").is_some(), "seed {seed}: {id} is gone");
        }
        left.switch_off();
    }
}
