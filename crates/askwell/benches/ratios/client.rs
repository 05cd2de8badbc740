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

    /// Sends a request and reads the answer: its status. The body is in [`Self::body`] until the next call.
    pub(crate) async fn call(&mut self, request: &[u8]) -> u16 {
        self.send(request).await;
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the server closed the connection");
            if self.is_complete() {
                return std::str::from_utf8(&self.buffer[9..12]).unwrap().parse().unwrap();
            }
        }
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> &[u8] {
        &self.buffer[self.head().unwrap().len()..]
    }

    fn head(&self) -> Option<&str> {
        let end = self.buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        Some(std::str::from_utf8(&self.buffer[..end]).unwrap())
    }

    fn is_complete(&self) -> bool {
        let Some(head) = self.head() else { return false };
        // The server writes its headers in lower case.
        let length = head
            .split_once("content-length: ")
            .map_or(0, |(_, rest)| rest.split_once('\r').map_or(0, |(digits, _)| digits.parse().unwrap()));
        self.buffer.len() >= head.len() + length
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
