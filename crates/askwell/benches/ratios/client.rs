//! The cheapest HTTP client there is, so that on two cores the server is measured and not its client.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection that is kept alive.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Where the body of the last answer begins.
    body: usize,
}

impl Connection {
    pub(crate) async fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(8 << 10), body: 0 }
    }

    /// Sends a request without waiting for its answer.
    pub(crate) async fn send(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.unwrap();
    }

    /// Reads an answer: its status. The rest is in [`Self::head`] and [`Self::body`] until the next one.
    pub(crate) async fn receive(&mut self) -> u16 {
        self.buffer.clear();
        let mut whole = None;
        while whole.is_none_or(|whole| self.buffer.len() < whole) {
            self.more().await;
            if whole.is_none()
                && let Some(body) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n")
            {
                self.body = body + 4;
                let length = self.header("content-length").map_or(0, |digits| digits.parse().unwrap());
                whole = Some(self.body + length);
            }
        }
        std::str::from_utf8(&self.buffer[9..12]).unwrap().parse().unwrap()
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn call(&mut self, request: &[u8]) -> u16 {
        self.send(request).await;
        self.receive().await
    }

    /// As [`Self::call`], of a request that cannot fail.
    pub(crate) async fn succeed(&mut self, request: &[u8]) {
        let status = self.call(request).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(self.body()));
    }

    /// What has come of an answer without end, since the last call.
    pub(crate) async fn stream(&mut self) -> &[u8] {
        self.buffer.clear();
        self.more().await;
        &self.buffer
    }

    async fn more(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
        assert!(read > 0, "the server closed the connection");
    }

    /// A header of the last answer. The server writes their names in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let head = std::str::from_utf8(&self.buffer[..self.body]).unwrap();
        head.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> &[u8] {
        &self.buffer[self.body..]
    }

    /// The id in the last answer.
    pub(crate) fn session_id(&self) -> String {
        const KEY: &[u8] = br#""session_id":""#;
        let body = self.body();
        let start = body.windows(KEY.len()).position(|window| window == KEY).unwrap() + KEY.len();
        let end = start + body[start..].iter().position(|byte| *byte == b'"').unwrap();
        std::str::from_utf8(&body[start..end]).unwrap().to_owned()
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

/// The request with one header more.
pub(crate) fn with(request: &[u8], header: &str) -> Vec<u8> {
    let line = request.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    [&request[..line], header.as_bytes(), b"\r\n", &request[line..]].concat()
}

pub(crate) fn create(port: u16) -> Vec<u8> {
    post(port, "/api/sessions", CREATE)
}

pub(crate) fn show(port: u16, id: &str) -> Vec<u8> {
    get(port, &format!("/api/sessions/{id}"))
}

pub(crate) fn wait(port: u16, id: &str) -> Vec<u8> {
    get(port, &format!("/api/sessions/{id}?wait=300"))
}

pub(crate) fn respond(port: u16, id: &str) -> Vec<u8> {
    post(port, &format!("/api/sessions/{id}/respond"), r#"{"response":{"choice":"deploy"}}"#)
}

/// The create that all measurements use.
pub(crate) const CREATE: &str = r#"{"interaction_data":{"interaction_type":"confirmation","title":"Deploy version 7?","message":"42 commits, no migrations.","options":[{"value":"deploy","label":"Deploy"},{"value":"hold","label":"Hold back"}],"timeout":86400},"workflow_id":"release-7"}"#;
