//! From `App::respond` called to the parked `App::wait` returned, against one `Store::commit`.

use std::time::{Duration, Instant};

use askwell_app::ports::{Commit, Lane, SessionStore as _};
use askwell_app::{App, Caller, Channel, OpenRequest, RespondRequest};
use askwell_core::access::Person;
use askwell_core::session::Command;
use askwell_core::{Session, decide};
use askwell_sqlite::SqliteStore;
use serde_json::json;

use crate::Effort;
use crate::client::CREATE;
use crate::figures::{Figures, Rounds, median};
use crate::store::{create, draft, new_id, now, open_store};
use crate::world;

pub(crate) async fn measure(effort: Effort, figures: &mut Figures) {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(&folder.path().join("wake.db"));
    let app = world::app(&store);
    app.start().await.unwrap();
    let mut rounds = Rounds::default();
    for _ in 0..effort.rounds {
        let (mut wakes, mut commits) = (Vec::new(), Vec::new());
        for _ in 0..200 {
            wakes.push(wake(&app).await);
            commits.push(commit(&store).await);
        }
        let (wake, commit) = (median(wakes), median(commits));
        println!("  answer to woken waiter {:.0} µs, commit {:.0} µs", wake * 1e6, commit * 1e6);
        rounds.add("respond_wake_vs_commit_p50", wake / commit);
    }
    app.stop().await;
    rounds.note(figures);
}

async fn wake(app: &App) -> f64 {
    let caller = Caller::local(Channel::Rest, "en", "bench");
    let request = OpenRequest {
        body: serde_json::from_str(CREATE).unwrap(),
        idempotency_key: None,
        request_id: None,
        requester: None,
        sent: None,
    };
    let id = app.open(&caller, request).await.unwrap().stored.session.id();
    let mut waiter = tokio::task::JoinSet::new();
    let (waiting, waiting_caller) = (app.clone(), caller.clone());
    waiter.spawn(async move {
        waiting.wait(&waiting_caller, id, Duration::from_mins(1)).await.unwrap();
        Instant::now()
    });
    // Parked long before this is over.
    tokio::time::sleep(Duration::from_millis(3)).await;
    let start = Instant::now();
    let answer = RespondRequest { response: json!({"choice": "deploy"}), ..RespondRequest::default() };
    app.respond(&caller, id, answer).await.unwrap();
    waiter.join_next().await.unwrap().unwrap().duration_since(start).as_secs_f64()
}

/// One answer's commit by itself, in the same rhythm.
async fn commit(store: &SqliteStore) -> f64 {
    let opened = create(&draft(), new_id());
    let session = opened.session.clone();
    store.commit(opened).await.unwrap();
    let by = Person { id: "local".to_owned(), verified: false };
    let events = decide(&session, Command::Cancel { by, reason: "measured".to_owned() }, &now()).unwrap();
    let commit = Commit {
        expected: session.version,
        session: events.iter().fold(session, Session::apply),
        events,
        deliveries: Vec::new(),
        idempotency: None,
        files: Vec::new(),
        standing: None,
        audit: None,
        lane: Lane::Decide,
    };
    tokio::time::sleep(Duration::from_millis(3)).await;
    let start = Instant::now();
    store.commit(commit).await.unwrap();
    start.elapsed().as_secs_f64()
}
