//! One message to the server's `/mcp`, and what comes back.
//!
//! Job: the headers of both eras, and what to do when the connection breaks:
//! try again what was not sent, go on where a stream broke off, ask again what
//! may be asked twice. Neighbours: `session` is about the revisions that have
//! one.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use askwell_server::{REPEATS, STOPPING};
use futures::StreamExt as _;
use futures::future::BoxFuture;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use sse_stream::SseStream;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::relay::{Output, is_request};
use super::session::State;
use crate::commands::ask::{root_cause, speaker, text_of};

const EVENTS: &str = "text/event-stream";
const BOTH: &str = "application/json, text/event-stream";
const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";

/// How long a server may be out of reach, as while it is started again.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
pub(super) const PAUSE: Duration = Duration::from_millis(500);

/// How long after the last word a stream that broke off is gone on with.
const BROKEN_OFF: Duration = Duration::from_mins(10);

/// Servers say something every fifteen seconds while a stream is open.
const SILENCE: Duration = Duration::from_secs(90);

/// Why it did not work out, for the client.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// It was sent, and nothing more was heard.
    #[error(
        "the connection to Askwell broke off before the answer; the question stays open: call list_requests, then \
         get_response with its request_id"
    )]
    BrokeOff,
    /// As the text says.
    #[error("{0}")]
    Told(String),
}

impl From<reqwest::Error> for Fault {
    fn from(error: reqwest::Error) -> Self {
        if error.is_builder() {
            return Self::Told(format!("this cannot be sent: {}", root_cause(&error.without_url())));
        }
        if error.is_connect() {
            return Self::Told(format!("Askwell is out of reach: {}", root_cause(&error.without_url())));
        }
        Self::BrokeOff
    }
}

/// The way in to a server.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) http: Client,
    pub(super) url: String,
}

impl Door {
    /// Of the server at `base`.
    ///
    /// # Errors
    /// `base` is no http or https address; the token is none.
    pub(super) fn new(base: &str, token: Option<&str>) -> anyhow::Result<Self> {
        let (builder, _) = speaker(base, token)?;
        let http = builder.read_timeout(SILENCE).build()?;
        Ok(Self { http, url: format!("{}/mcp", base.trim_end_matches('/')) })
    }
}

/// Looks for what took the place of a server that is out of reach.
pub(super) type Successor = Box<dyn Fn() -> BoxFuture<'static, Option<Door>> + Send + Sync>;

/// A message on its way.
struct Asked<'a> {
    message: &'a Value,
    output: &'a Output,
    /// When something was last heard of it: a server that only breaks off is not asked for ever.
    heard: Instant,
}

/// The server.
pub(super) struct Upstream {
    door: Mutex<Door>,
    pub(super) state: Mutex<State>,
    /// Held by whoever begins anew.
    pub(super) beginning: tokio::sync::Mutex<()>,
    /// Where the server was found rather than named: told when it is out of reach.
    gone: Option<Notify>,
    /// Where another may take its place. Held by whoever looks.
    successor: Option<tokio::sync::Mutex<Successor>>,
}

impl Upstream {
    /// The server behind this door.
    pub(super) fn new(door: Door) -> Self {
        Self {
            door: Mutex::new(door),
            state: Mutex::default(),
            beginning: tokio::sync::Mutex::default(),
            gone: None,
            successor: None,
        }
    }

    /// The same, of a server that was found rather than named: it may end, and what takes its place is looked for.
    pub(super) fn found(self, successor: Successor) -> Self {
        Self { gone: Some(Notify::new()), successor: Some(tokio::sync::Mutex::new(successor)), ..self }
    }

    pub(super) fn door(&self) -> MutexGuard<'_, Door> {
        // Poisoned it is whole: no panic can happen between its changes.
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Once such a server is out of reach for good.
    pub(super) async fn gone(&self) {
        match &self.gone {
            Some(gone) => gone.notified().await,
            None => std::future::pending().await,
        }
    }

    /// Sends a message and says what comes back.
    pub(super) async fn exchange(&self, message: &Value, output: &Output) -> Result<(), Fault> {
        let mut asked = Asked { message, output, heard: Instant::now() };
        loop {
            match self.exchange_once(&mut asked).await {
                // Whoever waits goes on waiting, with the server as it was started again.
                Err(Fault::BrokeOff) if is_repeatable(message) && asked.heard.elapsed() < PATIENCE => {
                    tokio::time::sleep(PAUSE).await;
                }
                done => return done,
            }
        }
    }

    async fn exchange_once(&self, asked: &mut Asked<'_>) -> Result<(), Fault> {
        let message = asked.message;
        let session = self.session();
        let mut response = self.send(|| self.post(message)).await?;
        if response.status() == StatusCode::NOT_FOUND && session.is_some() && message["method"] != "initialize" {
            self.begin_anew(session).await?;
            response = self.send(|| self.post(message)).await?;
        }
        self.note(message);
        self.begins(&response, message);
        self.take(response, asked).await
    }

    /// Says what the server says. One that stops says nothing of use: it leaves whoever asks again to the next.
    async fn pass_on(&self, said: &Value, asked: &mut Asked<'_>) -> Result<(), Fault> {
        asked.heard = Instant::now();
        if said["error"]["code"] == STOPPING {
            return Err(Fault::BrokeOff);
        }
        self.hear(said, asked.message);
        asked.output.say(said).await;
        Ok(())
    }

    /// Says what comes of a message.
    async fn take(&self, response: Response, asked: &mut Asked<'_>) -> Result<(), Fault> {
        if is_events(&response) {
            return self.stream(response, asked).await;
        }
        let status = response.status();
        let bytes = response.bytes().await?;
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if body["jsonrpc"] == "2.0" {
            return self.pass_on(&body, asked).await;
        }
        let (status, is_success) = (status.as_u16(), status.is_success());
        if is_success && is_request(asked.message) {
            let at = self.door().url.clone();
            return Err(Fault::Told(format!("what answers at {at} is not Askwell: it said no more than {status}")));
        }
        if is_success {
            return Ok(());
        }
        let said = if body.is_object() { text_of(&body) } else { first_words(&bytes) };
        let hint = if status == 401 {
            "; give a token in ASKWELL_TOKEN or --token-file, or sign in with `askwell login`"
        } else {
            ""
        };
        Err(Fault::Told(format!("Askwell refused: {said} ({status}){hint}")))
    }

    /// Says what comes on a stream until the answer has come.
    async fn stream(&self, response: Response, asked: &mut Asked<'_>) -> Result<(), Fault> {
        let session = self.session();
        let mut last_event_id = None;
        let mut response = Some(response);
        let mut is_resumed = false;
        while let Some(stream) = response.take() {
            // A stream that is gone on with and ends well without a word is one that the server does not know.
            let mut is_forgotten = is_resumed;
            let mut events = SseStream::from_bytes_stream(stream.bytes_stream());
            while let Some(event) = events.next().await {
                let Ok(event) = event else {
                    is_forgotten = false;
                    break;
                };
                last_event_id = event.id.or(last_event_id);
                let Some(said) = event.data.and_then(|data| serde_json::from_str::<Value>(&data).ok()) else {
                    continue;
                };
                is_forgotten = false;
                self.pass_on(&said, asked).await?;
                if said["method"].is_null() && said["id"] == asked.message["id"] {
                    return Ok(());
                }
            }
            // It broke off: where there is a session the rest is kept for us, but not by a server that was started again.
            let is_known = session.is_some() && self.session() == session && !is_forgotten;
            if let (Some(id), true) = (&last_event_id, is_known && asked.heard.elapsed() < BROKEN_OFF) {
                tokio::time::sleep(PAUSE).await;
                let resumed = self.send(|| self.get().header("last-event-id", id)).await?;
                response = Some(resumed).filter(is_events);
                is_resumed = true;
            }
        }
        Err(Fault::BrokeOff)
    }

    pub(super) fn post(&self, message: &Value) -> RequestBuilder {
        let Door { http, url } = self.door().clone();
        let mut request = http.post(url).header(ACCEPT, BOTH).header(CONTENT_TYPE, "application/json").json(message);
        if is_repeatable(message) {
            request = request.header(REPEATS, "1");
        }
        let params = &message["params"];
        let Some(version) = params["_meta"][VERSION_KEY].as_str() else {
            return if message["method"] == "initialize" { request } else { self.with_session(request) };
        };
        let mut request = request.header("mcp-protocol-version", version);
        if let Some(method) = message["method"].as_str() {
            request = request.header("mcp-method", method);
        }
        let named = ["name", "uri", "taskId"].into_iter().find_map(|key| params[key].as_str());
        match named {
            Some(name) => request.header("mcp-name", name),
            None => request,
        }
    }

    pub(super) fn get(&self) -> RequestBuilder {
        let Door { http, url } = self.door().clone();
        self.with_session(http.get(url).header(ACCEPT, EVENTS))
    }

    /// Goes on with whatever took the server's place, if something may.
    async fn look_around(&self) {
        let Some(successor) = &self.successor else { return };
        let found = {
            let look = successor.lock().await;
            look().await
        };
        if let Some(door) = found {
            *self.door() = door;
        }
    }

    /// Sends, and tries again what was not sent.
    pub(super) async fn send(&self, request: impl Fn() -> RequestBuilder) -> Result<Response, Fault> {
        let since = Instant::now();
        loop {
            match request().send().await {
                Err(error) if error.is_connect() && since.elapsed() < PATIENCE => {
                    tokio::time::sleep(PAUSE).await;
                    self.look_around().await;
                }
                Err(error) => {
                    if let (Some(gone), true) = (&self.gone, error.is_connect()) {
                        gone.notify_one();
                    }
                    return Err(error.into());
                }
                Ok(response) => return Ok(response),
            }
        }
    }
}

/// Whether asking twice is the same as asking once.
fn is_repeatable(message: &Value) -> bool {
    let params = &message["params"];
    match (message["method"].as_str(), params["name"].as_str()) {
        (Some("tools/call"), Some("get_response" | "list_requests" | "permission_prompt" | "cancel_request")) => true,
        // An empty one is none.
        (Some("tools/call"), _) => params["arguments"]["idempotency_key"].as_str().is_some_and(|key| !key.is_empty()),
        (method, _) => method != Some("subscriptions/listen"),
    }
}

/// What a server says that does not speak JSON, as far as one reads it.
fn first_words(bytes: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(bytes).chars().filter(|each| !each.is_control()).take(200).collect();
    if text.trim().is_empty() { "no reason given".to_owned() } else { text }
}

pub(super) fn is_events(response: &Response) -> bool {
    let media = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    response.status().is_success() && media.is_some_and(|media| media.starts_with(EVENTS))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_asks_nobody_twice_is_sent_twice() {
        let call = |name: &str, arguments: Value| {
            is_repeatable(&json!({"method": "tools/call", "params": {"name": name, "arguments": arguments}}))
        };
        for name in ["get_response", "list_requests", "permission_prompt", "cancel_request"] {
            assert!(call(name, json!({})), "{name}");
        }
        for name in ["ask_human", "request_approval", "notify_human"] {
            assert!(call(name, json!({"idempotency_key": "k"})), "{name}");
            for none in [json!({}), json!({"idempotency_key": ""}), json!({"idempotency_key": null}), Value::Null] {
                assert!(!call(name, none.clone()), "{name} {none}");
            }
        }
        assert!(is_repeatable(&json!({"method": "resources/read"})));
        assert!(!is_repeatable(&json!({"method": "subscriptions/listen"})));
    }
}
