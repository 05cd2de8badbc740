//! What waiting costs: memory per parked long-poll, and a million pending sessions.

use std::time::{Duration, Instant};

use crate::Effort;
use crate::client::{Connection, create, get, show, wait};
use crate::crowd::Crowd;
use crate::figures::Figures;
use crate::server::Server;
use crate::store::{MANY, another, create as create_commit, draft, fill, new_id, open_store};

const MILLION: usize = 1_000_000;

/// Memory per parked long-poll in KiB.
pub(crate) async fn longpoll_kb(effort: Effort, figures: &mut Figures) {
    let count = if effort.long { 8_000 } else { 3_000 };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let mut crowd = Crowd::open(server.port, 64).await;
    let mut ids = Vec::new();
    while ids.len() < count {
        ids.extend(crowd.create(&create(server.port), Duration::from_millis(200)).await.1);
    }
    ids.truncate(count);
    // Once each, so that what the database keeps in memory is not taken for the waiters'.
    crowd.each(ids.iter().map(|id| show(server.port, id)).collect()).await;
    drop(crowd);
    let before = settled(&server).await;
    let mut parked = Vec::new();
    for id in ids {
        let mut connection = Connection::open(server.port).await;
        connection.send(&wait(server.port, &id)).await;
        parked.push(connection);
    }
    figures.note("longpoll_kb", (settled(&server).await - before) / 1024.0 / count as f64);
}

/// Memory once it grows no more.
async fn settled(server: &Server) -> f64 {
    let mut last = 0.0;
    while last < server.memory() {
        last = server.memory();
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    server.memory()
}

/// Seconds to start, and megabytes beside an empty server, with a million pending sessions.
pub(crate) async fn million_pending(figures: &mut Figures) {
    let empty = tempfile::tempdir().unwrap();
    let empty_memory = used(&Server::start(empty.path())).await;
    let full = tempfile::tempdir().unwrap();
    std::fs::create_dir(full.path().join("data")).unwrap();
    let store = open_store(&full.path().join("data/askwell.db"));
    println!("  storing a million pending sessions …");
    let prototype = create_commit(&draft(), new_id());
    fill(&store, MANY, MILLION, move |_| another(&prototype)).await;
    store.close().await;
    drop(store);
    let start = Instant::now();
    let server = Server::start(full.path());
    Connection::open(server.port).await.succeed(&get(server.port, "/ready")).await;
    figures.note("million_start_s", start.elapsed().as_secs_f64());
    figures.note("million_extra_mb", (used(&server).await - empty_memory) / f64::from(1 << 20));
}

/// Memory after some use: a list, the counts, a few seconds of the loops.
async fn used(server: &Server) -> f64 {
    let mut connection = Connection::open(server.port).await;
    for path in ["/api/sessions?limit=100", "/api/statistics", "/api/health"] {
        connection.succeed(&get(server.port, path)).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    server.memory()
}
