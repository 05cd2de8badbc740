//! The cheapest HTTP client there is, so that on two cores the server is measured and not its client.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection that is kept alive.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(8 << 10) }
    }

    /// Sends a request without waiting for its answer.
    pub(crate) async fn send(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.unwrap();
    }

    /// Sends a request and reads the answer's status and body.
    pub(crate) async fn call(&mut self, request: &[u8]) -> (u16, Vec<u8>) {
        self.send(request).await;
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the server closed the connection");
            if let Some(answer) = self.complete() {
                return answer;
            }
        }
    }

    fn complete(&self) -> Option<(u16, Vec<u8>)> {
        let head_end = self.buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let head = std::str::from_utf8(&self.buffer[..head_end]).unwrap().to_ascii_lowercase();
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .map_or(0, |value| value.trim().parse().unwrap());
        let body = self.buffer.get(head_end..head_end + length)?;
        Some((head[9..12].parse().unwrap(), body.to_vec()))
    }
}

pub(crate) fn get(port: u16, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").into_bytes()
}

pub(crate) fn post(port: u16, path: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The create that all measurements use.
pub(crate) const CREATE: &str = r#"{"interaction_data":{"interaction_type":"confirmation","title":"Deploy version 7?","message":"42 commits, no migrations.","options":[{"value":"deploy","label":"Deploy"},{"value":"hold","label":"Hold back"}],"timeout":86400},"workflow_id":"release-7"}"#;
