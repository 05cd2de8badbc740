//! How late time-outs come: 100,000 within a minute, as somebody sees them who follows the stream of events.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use askwell_app::ports::Commit;
use askwell_core::{Change, Event, Session};
use jiff::{SignedDuration, Timestamp};

use crate::client::{Connection, get, with};
use crate::figures::{Figures, quantile};
use crate::server::Server;
use crate::store::{MANY, create, draft, fill, new_id, open_store};
use crate::world::{wall, wall_ms};

const COUNT: usize = 100_000;
const WITHIN: SignedDuration = SignedDuration::from_mins(1);
/// Until the first: time to store them all and to start.
const AHEAD: SignedDuration = SignedDuration::from_secs(30);

pub(crate) async fn measure(figures: &mut Figures) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    let store = open_store(&folder.path().join("data/askwell.db"));
    println!("  storing {COUNT} sessions that end within a minute …");
    let due = Arc::new(Mutex::new(HashMap::new()));
    let (noted, prototype, start) = (Arc::clone(&due), create(&draft(), new_id()), wall());
    fill(&store, MANY, COUNT, move |index| {
        let nth = i32::try_from(index).unwrap();
        let at = start + AHEAD + WITHIN * nth / i32::try_from(COUNT).unwrap();
        let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap();
        let commit = ending(&prototype, start, at);
        noted.lock().unwrap().insert(commit.session.id().to_string(), at.as_millisecond());
        commit
    })
    .await;
    store.close().await;
    drop(store);
    let server = Server::start(folder.path());
    assert!(wall() < start + AHEAD, "storing took longer than {AHEAD:#}: some are late before the server is there");
    let mut due = std::mem::take(&mut *due.lock().unwrap());
    let mut listener = Connection::open(server.port).await;
    let follow = get(server.port, "/api/events?after=latest");
    listener.send(&with(&follow, "Accept: text/event-stream")).await;
    let (mut come, mut late) = (Vec::new(), Vec::with_capacity(COUNT));
    while !due.is_empty() {
        come.extend_from_slice(listener.stream().await);
        let now = wall_ms();
        let mut read = 0;
        while let Some(length) = come[read..].windows(2).position(|pair| pair == b"\n\n") {
            let event = String::from_utf8_lossy(&come[read..read + length]);
            if let Some((_, rest)) = event.split_once(r#""session_id":""#)
                && let Some(at) = due.remove(&rest[..36])
            {
                late.push(now - at as f64);
            }
            read += length + 2;
        }
        come.drain(..read);
    }
    assert!(late.iter().all(|late| *late >= 0.0), "a time-out came early");
    figures.note("timeout_late_p50_ms", quantile(late.clone(), 0.5));
    figures.note("timeout_late_p99_ms", quantile(late, 0.99));
}

/// The same create under another id, opened and due at these instants.
fn ending(prototype: &Commit, opened_at: Timestamp, due_at: Timestamp) -> Commit {
    let mut opened = (*prototype.session.opened).clone();
    opened.id = new_id();
    opened.at = opened_at;
    opened.deadline.expires_at = due_at;
    opened.deadline.steady_at = due_at;
    let opened = Arc::new(opened);
    let event = Event { at: opened_at, change: Change::Opened(Arc::clone(&opened)) };
    Commit { session: Session::from_opened(opened), events: vec![event], ..prototype.clone() }
}
