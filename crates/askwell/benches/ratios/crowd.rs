//! Many connections in a closed loop: how much a server gets done at most.

use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use crate::client::Connection;

/// Connections that are driven together, each with its next request as soon as it has an answer.
pub(crate) struct Crowd(Vec<Connection>);

impl Crowd {
    pub(crate) async fn open(port: u16, count: usize) -> Self {
        let mut connections = Vec::with_capacity(count);
        for _ in 0..count {
            connections.push(Connection::open(port).await);
        }
        Self(connections)
    }

    /// All repeat the request for so long: answers a second.
    pub(crate) async fn repeat(&mut self, request: &[u8], time: Duration) -> f64 {
        let until = Instant::now() + time;
        self.drive(|mut connection| {
            let request = request.to_vec();
            async move {
                let mut count = 0;
                while Instant::now() < until {
                    connection.succeed(&request).await;
                    count += 1;
                }
                (connection, count)
            }
        })
        .await
    }

    /// All create sessions for so long: creates a second, and the ids.
    pub(crate) async fn create(&mut self, request: &[u8], time: Duration) -> (f64, Vec<String>) {
        let (tell, told) = mpsc::channel();
        let until = Instant::now() + time;
        let rate = self
            .drive(|mut connection| {
                let (request, tell) = (request.to_vec(), tell.clone());
                async move {
                    let mut count = 0;
                    while Instant::now() < until {
                        connection.succeed(&request).await;
                        tell.send(connection.session_id()).unwrap();
                        count += 1;
                    }
                    (connection, count)
                }
            })
            .await;
        drop(tell);
        (rate, told.into_iter().collect())
    }

    /// Each request once: answers a second.
    pub(crate) async fn each(&mut self, requests: Vec<Vec<u8>>) -> f64 {
        let requests = Arc::new(Mutex::new(requests));
        self.drive(|mut connection| {
            let requests = Arc::clone(&requests);
            async move {
                let mut count = 0;
                loop {
                    let next = requests.lock().unwrap().pop();
                    let Some(request) = next else { return (connection, count) };
                    connection.succeed(&request).await;
                    count += 1;
                }
            }
        })
        .await
    }

    /// Lets all connections work at once: what they did a second.
    pub(crate) async fn drive<W, F>(&mut self, work: W) -> f64
    where
        W: Fn(Connection) -> F,
        F: Future<Output = (Connection, usize)> + Send + 'static,
    {
        let start = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for connection in self.0.drain(..) {
            tasks.spawn(work(connection));
        }
        let mut done = 0;
        for (connection, count) in tasks.join_all().await {
            self.0.push(connection);
            done += count;
        }
        done as f64 / start.elapsed().as_secs_f64()
    }
}
