//! What waiting costs: memory per parked long-poll, and a million pending sessions.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{CREATE, Connection, get, post};
use crate::server::Server;
use crate::store::{fill, open_store};
use crate::{Effort, median};

/// Memory per parked long-poll in KiB.
pub(crate) async fn longpoll_kb(effort: Effort) -> Value {
    let count = if effort.long { 8_000 } else { 3_000 };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let create = post(server.port, "/api/sessions", CREATE);
    let mut creator = Connection::open(server.port).await;
    let mut ids = Vec::new();
    for _ in 0..count {
        creator.call(&create).await;
        let body: Value = serde_json::from_slice(creator.body()).unwrap();
        ids.push(body["session_id"].as_str().unwrap().to_owned());
    }
    // Once each, so that what the database keeps in memory is not taken for the waiters'.
    for id in &ids {
        creator.call(&get(server.port, &format!("/api/sessions/{id}"))).await;
    }
    let before = server.memory();
    let mut parked = Vec::new();
    for id in ids {
        let mut connection = Connection::open(server.port).await;
        connection.send(&get(server.port, &format!("/api/sessions/{id}?wait=300"))).await;
        parked.push(connection);
    }
    // Parked once its memory stands still.
    let mut last = 0.0;
    while last < server.memory() {
        last = server.memory();
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    median(vec![(server.memory() - before) / 1024.0 / f64::from(count)])
}

/// Seconds to start, and megabytes beside an empty server, with a million pending sessions.
pub(crate) async fn million_pending() -> (Value, Value) {
    const MILLION: usize = 1_000_000;
    let empty = tempfile::tempdir().unwrap();
    let empty_memory = settled(&Server::start(empty.path())).await;
    let full = tempfile::tempdir().unwrap();
    std::fs::create_dir(full.path().join("data")).unwrap();
    let store = open_store(&full.path().join("data/askwell.db"));
    println!("  storing a million pending sessions …");
    fill(&store, MILLION).await;
    store.close().await;
    drop(store);
    let start = Instant::now();
    let server = Server::start(full.path());
    let status = Connection::open(server.port).await.call(&get(server.port, "/ready")).await;
    assert_eq!(status, 200);
    let seconds = start.elapsed().as_secs_f64();
    let extra = (settled(&server).await - empty_memory) / f64::from(1 << 20);
    (json!((seconds * 100.0).round() / 100.0), json!(extra.round()))
}

/// Memory after some use: a list, the counts, a few seconds of the loops.
async fn settled(server: &Server) -> f64 {
    let mut connection = Connection::open(server.port).await;
    for path in ["/api/sessions?limit=100", "/api/statistics", "/api/health"] {
        connection.call(&get(server.port, path)).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    server.memory()
}
