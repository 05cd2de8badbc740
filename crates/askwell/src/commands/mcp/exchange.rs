//! One message to the server's `/mcp`, and what comes back.
//!
//! Job: the headers of both eras, and what to do when the connection breaks:
//! try again what was not sent, go on where a stream broke off, begin anew
//! with a server that was started again, ask again what may be asked twice.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sse_stream::SseStream;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::relay::{Output, is_request};
use crate::commands::ask::{root_cause, speaker, text_of};

const EVENTS: &str = "text/event-stream";
const BOTH: &str = "application/json, text/event-stream";
const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";

/// How long a server may be out of reach, as while it is started again.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(500);

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
    http: Client,
    url: String,
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

/// The server.
pub(super) struct Upstream {
    door: Mutex<Door>,
    state: Mutex<State>,
    /// Held by whoever begins anew.
    beginning: tokio::sync::Mutex<()>,
    /// Where the server was found rather than named: told when it is out of reach.
    gone: Option<Notify>,
    /// Where another may take its place. Held by whoever looks.
    successor: Option<tokio::sync::Mutex<Successor>>,
}

/// What a client of a revision that has sessions began with.
#[derive(Default)]
struct State {
    session: Option<String>,
    version: Option<String>,
    /// To begin anew with.
    initialize: Option<Value>,
    /// Which resources the client wants to hear of.
    subscribed: Vec<Value>,
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

    /// The same, of a server that was found rather than named: it may end, and where another may take its place, that is
    /// looked for.
    pub(super) fn found(self, successor: Option<Successor>) -> Self {
        Self { gone: Some(Notify::new()), successor: successor.map(tokio::sync::Mutex::new), ..self }
    }

    fn door(&self) -> MutexGuard<'_, Door> {
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

    fn state(&self) -> MutexGuard<'_, State> {
        // Poisoned it is whole: no panic can happen between its changes.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the client speaks a revision that has sessions.
    pub(super) fn has_session(&self) -> bool {
        self.state().session.is_some()
    }

    /// Sends a message and says what comes back.
    pub(super) async fn exchange(&self, message: &Value, output: &Output) -> Result<(), Fault> {
        loop {
            match self.exchange_once(message, output).await {
                // Whoever waits goes on waiting, with the server as it was started again.
                Err(Fault::BrokeOff) if is_repeatable(message) => {
                    tokio::time::sleep(PAUSE).await;
                }
                done => return done,
            }
        }
    }

    async fn exchange_once(&self, message: &Value, output: &Output) -> Result<(), Fault> {
        let session = self.state().session.clone();
        let mut response = self.send(|| self.post(message)).await?;
        if response.status() == StatusCode::NOT_FOUND && session.is_some() && message["method"] != "initialize" {
            self.begin_anew(session).await?;
            response = self.send(|| self.post(message)).await?;
        }
        self.note(message);
        if message["method"] == "initialize" {
            let session = response.headers().get("mcp-session-id").and_then(|value| value.to_str().ok());
            let mut state = self.state();
            state.session = session.map(str::to_owned);
            state.initialize = Some(message.clone());
        }
        self.take(response, message, output).await
    }

    /// Says what comes of a message.
    async fn take(&self, response: Response, message: &Value, output: &Output) -> Result<(), Fault> {
        if is_events(&response) {
            return self.stream(response, message, output).await;
        }
        let status = response.status();
        let bytes = response.bytes().await?;
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if body["jsonrpc"] == "2.0" {
            self.hear(&body, message);
            output.say(&body).await;
            return Ok(());
        }
        let (status, is_success) = (status.as_u16(), status.is_success());
        if is_success && is_request(message) {
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
    async fn stream(&self, response: Response, message: &Value, output: &Output) -> Result<(), Fault> {
        let mut last_event_id = None;
        let mut response = Some(response);
        let mut heard_at = Instant::now();
        while let Some(stream) = response.take() {
            let mut events = SseStream::from_bytes_stream(stream.bytes_stream());
            while let Some(Ok(event)) = events.next().await {
                heard_at = Instant::now();
                last_event_id = event.id.or(last_event_id);
                let Some(said) = event.data.and_then(|data| serde_json::from_str::<Value>(&data).ok()) else {
                    continue;
                };
                self.hear(&said, message);
                output.say(&said).await;
                if said["method"].is_null() && said["id"] == message["id"] {
                    return Ok(());
                }
            }
            // It broke off: where there is a session the rest is kept for us.
            if let (Some(id), true) = (&last_event_id, self.has_session() && heard_at.elapsed() < BROKEN_OFF) {
                tokio::time::sleep(PAUSE).await;
                let resumed = self.send(|| self.get().header("last-event-id", id)).await?;
                response = Some(resumed).filter(is_events);
            }
        }
        Err(Fault::BrokeOff)
    }

    /// Learns the revision that was agreed upon.
    fn hear(&self, said: &Value, message: &Value) {
        if message["method"] == "initialize" && said["id"] == message["id"] {
            self.state().version = said["result"]["protocolVersion"].as_str().map(str::to_owned);
        }
    }

    /// Keeps in mind which resources the client wants to hear of.
    fn note(&self, message: &Value) {
        let params = &message["params"];
        match message["method"].as_str() {
            Some("resources/subscribe") => {
                let mut state = self.state();
                state.subscribed.retain(|known| known["uri"] != params["uri"]);
                state.subscribed.push(params.clone());
            }
            Some("resources/unsubscribe") => self.state().subscribed.retain(|known| known["uri"] != params["uri"]),
            _ => {}
        }
    }

    /// Begins a session with a server that no longer knows `gone`, unless that has been done meanwhile.
    async fn begin_anew(&self, gone: Option<String>) -> Result<(), Fault> {
        let _alone = self.beginning.lock().await;
        if self.state().session != gone {
            return Ok(());
        }
        let Some(mut initialize) = self.state().initialize.clone() else { return Ok(()) };
        initialize["id"] = json!("askwell-again");
        let response = self.send(|| self.post(&initialize)).await?;
        let status = response.status();
        let session = response.headers().get("mcp-session-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
        // Its end is the answer, which says nothing new.
        let body = response.bytes().await?;
        let Some(session) = session.filter(|_| status.is_success()) else {
            let said = text_of(&serde_json::from_slice(&body).unwrap_or_default());
            return Err(Fault::Told(format!("Askwell does not begin anew: {said} ({})", status.as_u16())));
        };
        self.state().session = Some(session);
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        self.send(|| self.post(&initialized)).await?;
        let subscribed = self.state().subscribed.clone();
        for params in subscribed {
            let again =
                json!({ "jsonrpc": "2.0", "id": "askwell-again", "method": "resources/subscribe", "params": params });
            self.send(|| self.post(&again)).await?.bytes().await?;
        }
        Ok(())
    }

    /// Says what the server says unasked, until it no longer can.
    pub(super) async fn listen(&self, output: &Output) {
        // Whether anything may have been missed.
        let mut was_away = false;
        while self.has_session() {
            let missed = std::mem::replace(&mut was_away, true);
            let session = self.state().session.clone();
            let response = match self.send(|| self.get()).await {
                Ok(response) if is_events(&response) => response,
                // One that was started again does not know us.
                Ok(response) if response.status() == StatusCode::NOT_FOUND => {
                    if self.begin_anew(session).await.is_err() {
                        tokio::time::sleep(PATIENCE).await;
                    }
                    continue;
                }
                _ => {
                    tokio::time::sleep(PATIENCE).await;
                    continue;
                }
            };
            if missed {
                self.say_that_all_may_have_changed(output).await;
            }
            let mut events = SseStream::from_bytes_stream(response.bytes_stream());
            while let Some(Ok(event)) = events.next().await {
                if let Some(said) = event.data.and_then(|data| serde_json::from_str::<Value>(&data).ok()) {
                    output.say(&said).await;
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// What happened while nobody listened was told to nobody.
    async fn say_that_all_may_have_changed(&self, output: &Output) {
        let subscribed = self.state().subscribed.clone();
        for params in subscribed {
            let params = json!({ "uri": params["uri"] });
            let updated = json!({ "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": params });
            output.say(&updated).await;
        }
    }

    /// Ends the session, if the server still listens.
    pub(super) async fn leave(&self) {
        if self.has_session() {
            let Door { http, url } = self.door().clone();
            let request = self.with_session(http.delete(url)).timeout(Duration::from_secs(1));
            // A server that is gone has forgotten it already.
            let _ = request.send().await;
        }
    }

    fn post(&self, message: &Value) -> RequestBuilder {
        let Door { http, url } = self.door().clone();
        let request = http.post(url).header(ACCEPT, BOTH).header(CONTENT_TYPE, "application/json").json(message);
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

    fn get(&self) -> RequestBuilder {
        let Door { http, url } = self.door().clone();
        self.with_session(http.get(url).header(ACCEPT, EVENTS))
    }

    fn with_session(&self, mut request: RequestBuilder) -> RequestBuilder {
        let state = self.state();
        if let Some(session) = &state.session {
            request = request.header("mcp-session-id", session);
        }
        if let Some(version) = &state.version {
            request = request.header("mcp-protocol-version", version);
        }
        request
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
    async fn send(&self, request: impl Fn() -> RequestBuilder) -> Result<Response, Fault> {
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
        (Some("tools/call"), _) => params["arguments"]["idempotency_key"].is_string(),
        (method, _) => method != Some("subscriptions/listen"),
    }
}

/// What a server says that does not speak JSON, as far as one reads it.
fn first_words(bytes: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(bytes).chars().filter(|each| !each.is_control()).take(200).collect();
    if text.trim().is_empty() { "no reason given".to_owned() } else { text }
}

fn is_events(response: &Response) -> bool {
    let media = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    response.status().is_success() && media.is_some_and(|media| media.starts_with(EVENTS))
}
