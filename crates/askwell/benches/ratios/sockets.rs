//! What a Socket.IO client costs, and how soon it hears: beside a bare emit of the same server library.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post as on_post;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::Effort;
use crate::client::{Connection, create, get, post, respond};
use crate::figures::{Figures, Rounds, quantile};
use crate::server::{Server, say_listening};

/// The argument with which this program becomes the bare server.
pub(crate) const ROLE: &str = "--bare-socketio";

/// A Socket.IO client over a websocket, as cheap as it can be.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn connect(port: u16, auth: &str) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let upgrade = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        stream.write_all(upgrade.as_bytes()).await.unwrap();
        let mut client = Self { stream, buffer: Vec::new() };
        client.until("\"sid\"").await;
        client.say(&format!("40{auth}")).await;
        client.until("40{").await;
        client
    }

    /// Sends a text frame, masked with zeros.
    async fn say(&mut self, text: &str) {
        let mut frame = vec![0x81, 0x80 | u8::try_from(text.len()).unwrap(), 0, 0, 0, 0];
        frame.extend(text.as_bytes());
        self.stream.write_all(&frame).await.unwrap();
    }

    /// Reads until the text has come; answers pings on the way.
    async fn until(&mut self, text: &str) {
        const PING: &[u8] = &[0x81, 1, b'2'];
        loop {
            if let Some(at) = self.buffer.windows(text.len()).position(|window| window == text.as_bytes()) {
                self.buffer.drain(..at + text.len());
                return;
            }
            let known = self.buffer.len().saturating_sub(PING.len() - 1);
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the server closed the connection");
            if self.buffer[known..].windows(PING.len()).any(|window| window == PING) {
                self.say("3").await;
            }
        }
    }
}

/// Memory per idle client in KiB.
pub(crate) async fn socketio_kb(effort: Effort, figures: &mut Figures) {
    let count = if effort.long { 10_000 } else { 2_000 };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    drop(Client::connect(server.port, "").await);
    Connection::open(server.port).await.succeed(&get(server.port, "/api/health")).await;
    let before = server.memory();
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..count {
        let mut client = Client::connect(server.port, "").await;
        clients.spawn(async move { client.until("never").await });
    }
    let mut last = 0.0;
    while last < server.memory() {
        last = server.memory();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    figures.note("socketio_kb", (server.memory() - before) / 1024.0 / f64::from(count));
}

/// From an answer sent to its event at a listener, against a bare emit of the same size.
pub(crate) async fn event_vs_bare(effort: Effort, figures: &mut Figures) {
    const LISTENERS: usize = 1_000;
    let folder = tempfile::tempdir().unwrap();
    let (server, bare) = (Server::start(folder.path()), Server::role(ROLE, folder.path()));
    let (mut ours, mut theirs) = (listen(server.port, LISTENERS).await, listen(bare.port, LISTENERS).await);
    let mut asker = Connection::open(server.port).await;
    let mut bell = Connection::open(bare.port).await;
    let (ask, emit) = (create(server.port), post(bare.port, "/emit", "{}"));
    let mut rounds = Rounds::default();
    for _ in 0..effort.rounds {
        let (mut answered, mut emitted) = (Vec::new(), Vec::new());
        for _ in 0..20 {
            asker.succeed(&ask).await;
            let answer = respond(server.port, &asker.session_id());
            ours.heard("new_session", Instant::now()).await;
            let start = Instant::now();
            asker.succeed(&answer).await;
            answered.extend(ours.heard("session_completed", start).await);
            let start = Instant::now();
            bell.succeed(&emit).await;
            emitted.extend(theirs.heard("session_completed", start).await);
        }
        let [(our50, our99), (bare50, bare99)] =
            [answered, emitted].map(|times| (quantile(times.clone(), 0.5) * 1e3, quantile(times, 0.99) * 1e3));
        println!("  event p50 {our50:.2} ms, p99 {our99:.2} ms; bare p50 {bare50:.2} ms, p99 {bare99:.2} ms");
        rounds.add("socketio_event_p50_vs_bare", our50 / bare50);
        rounds.add("socketio_event_p99_vs_bare", our99 / bare99);
    }
    rounds.note(figures);
}

/// Many clients that wait for the same event.
struct Listeners {
    count: usize,
    wanted: Vec<mpsc::UnboundedSender<&'static str>>,
    came: mpsc::UnboundedReceiver<Instant>,
}

async fn listen(port: u16, count: usize) -> Listeners {
    let (tell, came) = mpsc::unbounded_channel();
    let mut wanted = Vec::new();
    for _ in 0..count {
        let mut client = Client::connect(port, "").await;
        let (want, mut wants) = mpsc::unbounded_channel::<&'static str>();
        let tell = tell.clone();
        wanted.push(want);
        #[expect(clippy::disallowed_methods, reason = "a benchmark has no graceful stop")]
        tokio::spawn(async move {
            while let Some(name) = wants.recv().await {
                client.until(name).await;
                tell.send(Instant::now()).unwrap();
            }
        });
    }
    Listeners { count, wanted, came }
}

impl Listeners {
    /// Seconds from `start` until each of them heard the event.
    async fn heard(&mut self, name: &'static str, start: Instant) -> Vec<f64> {
        self.wanted.iter().for_each(|want| want.send(name).unwrap());
        let mut times = Vec::with_capacity(self.count);
        while times.len() < self.count {
            times.push(self.came.recv().await.unwrap().saturating_duration_since(start).as_secs_f64());
        }
        times
    }
}

/// Serves nothing but an emit, to everybody, of a payload as large as that of an answered session.
pub(crate) async fn serve() {
    let (layer, io) = socketioxide::SocketIo::builder().max_buffer_size(1_024).build_layer();
    io.ns("/", async || {});
    let payload = Arc::new(json!({ "session_id": "x".repeat(36), "session": "y".repeat(1_700) }));
    let emit = on_post(async move || {
        io.emit("session_completed", &*payload).await.unwrap();
        "{}"
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    say_listening(&listener);
    axum::serve(listener, Router::new().route("/emit", emit).layer(layer)).await.unwrap();
}
