//! The accept loop, on real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use askwell_server::{LimitsOptions, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::harness::{Harness, question};

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

async fn run(harness: &Harness, limits: LimitsOptions) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let serving = serve(vec![listener], harness.router.clone(), limits, async {
        let _ = stopped.await;
    });
    Running { address, stop, server: tokio::task::spawn_local(serving) }
}

async fn ask(stream: &mut TcpStream, path: &str) {
    let text = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(text.as_bytes()).await.unwrap();
}

/// One answer with a `Content-Length`.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    loop {
        let head = text.find("\r\n\r\n");
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if let (Some(head), Some(length)) = (head, length)
            && text.len() >= head + 4 + length
        {
            return text;
        }
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "ended after {text:?}");
        text += std::str::from_utf8(&buffer[..read]).unwrap();
    }
}

#[tokio::test(flavor = "local")]
async fn a_connection_serves_several_requests_and_a_stop_ends_waits() {
    let harness = Harness::new().await;
    let path = harness.open(&question()).await;
    let running = run(&harness, LimitsOptions::default()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    for _ in 0..2 {
        ask(&mut stream, "/ready").await;
        assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200"));
    }
    ask(&mut stream, &format!("{path}?wait=300")).await;
    harness.clock.asleep(5).await;
    running.stop.send(()).unwrap();
    harness.app.stop().await;
    let last = answer(&mut stream).await;
    assert!(last.contains("\"status\":\"pending\""), "{last}");
    running.server.await.unwrap().unwrap();
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0);
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test(flavor = "local")]
async fn slow_and_greedy_heads_are_cut_off() {
    let harness = Harness::new().await;
    let limits = LimitsOptions { header_read_timeout: Duration::from_millis(50), ..LimitsOptions::default() };
    let running = run(&harness, limits).await;
    let mut slow = TcpStream::connect(running.address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).await.unwrap();
    let mut greedy = TcpStream::connect(running.address).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {}\r\n\r\n", "x".repeat(20 << 10));
    let _ = greedy.write_all(head.as_bytes()).await;
    let mut rest = [0; 12];
    greedy.read_exact(&mut rest).await.unwrap();
    assert_eq!(&rest, b"HTTP/1.1 431");
    running.stop.send(()).unwrap();
    running.server.await.unwrap().unwrap();
}

#[tokio::test(flavor = "local")]
async fn a_stop_does_not_wait_for_ever() {
    let harness = Harness::new().await;
    let path = harness.open(&question()).await;
    let limits = LimitsOptions { drain_timeout: Duration::from_millis(20), ..LimitsOptions::default() };
    let running = run(&harness, limits).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    ask(&mut stream, &format!("{path}?wait=300")).await;
    harness.clock.asleep(5).await;
    running.stop.send(()).unwrap();
    running.server.await.unwrap().unwrap();
}
