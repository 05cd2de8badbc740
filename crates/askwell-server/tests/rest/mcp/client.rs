//! MCP clients by hand, of both eras, so that they run on the test's own router and clock.

use askwell_server::REPEATS;
use axum::body::Body;
use axum::http::{HeaderMap, Method};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::harness::{Harness, Reply, request};
use crate::people::Shows;

/// The revision that has no sessions.
pub(crate) const STATELESS: &str = "2026-07-28";

/// A client.
pub(crate) struct Client<'a> {
    pub(crate) server: &'a Harness,
    pub(crate) shows: Shows,
    pub(crate) name: &'a str,
    /// The session, of a revision that has them.
    pub(crate) session: Option<String>,
    pub(crate) version: &'a str,
    pub(crate) capabilities: Value,
    pub(crate) progress: bool,
    /// Whether it says of each request that it sends it again.
    pub(crate) comes_again: bool,
}

impl<'a> Client<'a> {
    /// Of the newest revision.
    pub(crate) fn new(server: &'a Harness) -> Self {
        Self {
            server,
            shows: Shows::Nothing,
            name: "probe",
            session: None,
            version: STATELESS,
            capabilities: json!({}),
            progress: false,
            comes_again: false,
        }
    }

    /// The same, that hears of progress.
    pub(crate) fn hearing(server: &'a Harness) -> Self {
        Self { progress: true, ..Self::new(server) }
    }

    pub(crate) fn by(self, shows: &Shows) -> Self {
        Self { shows: shows.clone(), ..self }
    }

    pub(crate) fn named(self, name: &'a str) -> Self {
        Self { name, ..self }
    }

    /// Declares the extension of tasks.
    pub(crate) fn with_tasks(self) -> Self {
        Self { capabilities: json!({"extensions": {"io.modelcontextprotocol/tasks": {}}}), ..self }
    }

    /// Of an older revision, initialized.
    pub(crate) async fn legacy(self, version: &'a str) -> Self {
        let mut client = Self { version, ..self };
        let params = json!({
            "protocolVersion": version,
            "capabilities": client.capabilities,
            "clientInfo": {"name": client.name, "version": "1"},
        });
        let message = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params});
        let reply = client.post(&message, &[]).await;
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.bytes));
        client.session = Some(reply.header("mcp-session-id").to_owned());
        let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        assert_eq!(client.post(&initialized, &[]).await.status, 202);
        client
    }

    fn headers(&self, message: &Value) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("accept", "application/json, text/event-stream".to_owned()),
        ];
        headers.extend(self.shows.header());
        if self.comes_again {
            headers.push((REPEATS, "1".to_owned()));
        }
        let is_first = message["method"] == "initialize";
        if !is_first {
            headers.push(("mcp-protocol-version", self.version.to_owned()));
        }
        if let Some(session) = &self.session {
            headers.push(("mcp-session-id", session.clone()));
        }
        if self.version == STATELESS {
            headers.push(("mcp-method", message["method"].as_str().unwrap().to_owned()));
            let params = &message["params"];
            let name = [&params["name"], &params["uri"], &params["taskId"]].into_iter().find_map(Value::as_str);
            headers.extend(name.map(|name| ("mcp-name", name.to_owned())));
        }
        headers
    }

    /// The request of a method.
    pub(crate) fn message(&self, id: u64, method: &str, params: &Value) -> Value {
        let mut params = params.clone();
        if self.version == STATELESS {
            params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(self.version);
            params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
            params["_meta"]["io.modelcontextprotocol/clientInfo"] = json!({"name": self.name, "version": "1"});
        }
        if self.progress && method == "tools/call" {
            params["_meta"]["progressToken"] = json!(format!("p{id}"));
        }
        json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
    }

    pub(crate) async fn post(&self, message: &Value, more: &[(&str, &str)]) -> Reply {
        let own = self.headers(message);
        let mut headers: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.extend(more);
        self.server.call(Method::POST, "/mcp", &headers, message.to_string()).await
    }

    /// Sends a request and leaves what comes to be read as it comes.
    pub(crate) async fn open(&self, message: &Value) -> Stream {
        let own = self.headers(message);
        let headers: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Stream::of(self.server, request(Method::POST, "/mcp", &headers, message.to_string())).await
    }

    /// Listens beside the requests, or goes on where a stream broke off.
    pub(crate) async fn listen(&self, last_event_id: Option<&str>) -> Stream {
        let mut headers = vec![("accept", "text/event-stream"), ("mcp-protocol-version", self.version)];
        headers.extend(self.session.iter().map(|session| ("mcp-session-id", session.as_str())));
        headers.extend(last_event_id.map(|id| ("last-event-id", id)));
        let shown = self.shows.header();
        headers.extend(shown.iter().map(|(name, value)| (*name, value.as_str())));
        Stream::of(self.server, request(Method::GET, "/mcp", &headers, "")).await
    }

    /// Everything that comes of a request: the answer last.
    pub(crate) async fn all(&self, id: u64, method: &str, params: &Value) -> Vec<Value> {
        let mut stream = self.open(&self.message(id, method, params)).await;
        let mut all = Vec::new();
        while let Some(message) = stream.next().await {
            all.push(message);
        }
        all
    }

    /// The answer to a request.
    pub(crate) async fn ask(&self, method: &str, params: &Value) -> Value {
        self.all(7, method, params).await.pop().unwrap()
    }

    /// What a tool answers.
    pub(crate) async fn tool(&self, name: &str, arguments: &Value) -> Value {
        let answer = self.ask("tools/call", &json!({"name": name, "arguments": arguments})).await;
        assert!(answer["error"].is_null(), "{answer}");
        answer["result"].clone()
    }

    /// The same as JSON, which stands in it twice.
    pub(crate) async fn told(&self, name: &str, arguments: &Value) -> Value {
        let result = self.tool(name, arguments).await;
        assert_ne!(result["isError"], true, "{result}");
        let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(text, result["structuredContent"]);
        text
    }

    /// The text of a tool's error.
    pub(crate) async fn refused(&self, name: &str, arguments: &Value) -> String {
        let result = self.tool(name, arguments).await;
        assert_eq!(result["isError"], true, "{result}");
        assert!(result["structuredContent"].is_null());
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }
}

/// A response that is read as it comes.
pub(crate) struct Stream {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    body: Body,
    text: String,
    /// The id of the last event.
    pub(crate) last_event_id: Option<String>,
}

impl Stream {
    async fn of(server: &Harness, request: axum::http::Request<Body>) -> Self {
        let (parts, body) = server.router.clone().oneshot(request).await.unwrap().into_parts();
        let status = parts.status.as_u16();
        Self { status, headers: parts.headers, body, text: String::new(), last_event_id: None }
    }

    fn is_events(&self) -> bool {
        self.headers["content-type"].to_str().unwrap().starts_with("text/event-stream")
    }

    /// The next message; nothing at the end.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        if !self.is_events() {
            let bytes = std::mem::take(&mut self.body).collect().await.unwrap().to_bytes();
            return (!bytes.is_empty()).then(|| serde_json::from_slice(&bytes).unwrap());
        }
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                if let Some(id) = field("id:") {
                    self.last_event_id = Some(id.to_owned());
                }
                match field("data:").filter(|data| !data.is_empty()) {
                    Some(data) => return Some(serde_json::from_str(data).unwrap()),
                    None => continue,
                }
            }
            let frame = self.body.frame().await?.unwrap();
            if let Ok(data) = frame.into_data() {
                self.text.push_str(std::str::from_utf8(&data).unwrap());
            }
        }
    }
}
