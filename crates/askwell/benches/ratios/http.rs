//! A durable `POST /api/sessions` against a hello that passes the same accept loop and middleware.

use std::time::Instant;

use serde_json::Value;

use crate::client::{CREATE, Connection, get, post};
use crate::server::Server;
use crate::{Effort, median};

const CONNECTIONS: usize = 64;
const REQUESTS: usize = 150;

pub(crate) async fn create_vs_hello(effort: Effort) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let port = server.port;
    let (hello, create) = (get(port, "/ready"), post(port, "/api/sessions", CREATE));
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(port).await);
    }
    // Once unmeasured, so that both start warm.
    connections = rate(connections, &hello).await.0;
    connections = rate(connections, &create).await.0;
    let mut ratios = Vec::new();
    for _ in 0..effort.rounds {
        let (back, hello_rate) = rate(connections, &hello).await;
        let (back, create_rate) = rate(back, &create).await;
        connections = back;
        println!("  hello {hello_rate:.0}/s, durable create {create_rate:.0}/s");
        ratios.push(create_rate / hello_rate);
    }
    median(ratios)
}

async fn rate(connections: Vec<Connection>, request: &[u8]) -> (Vec<Connection>, f64) {
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for mut connection in connections {
        let request = request.to_vec();
        tasks.spawn(async move {
            for _ in 0..REQUESTS {
                let status = connection.call(&request).await;
                assert_eq!(status, 200, "{}", String::from_utf8_lossy(connection.body()));
            }
            connection
        });
    }
    let back: Vec<_> = tasks.join_all().await;
    let rate = (back.len() * REQUESTS) as f64 / start.elapsed().as_secs_f64();
    (back, rate)
}
