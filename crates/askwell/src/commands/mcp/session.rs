//! The session of a client whose revision has them.
//!
//! Job: keep in mind what the client began with, so that a server that was
//! started again can be told, and what was missed meanwhile; listen beside the
//! requests. Invariant: the client notices nothing of it.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sse_stream::SseStream;

use super::exchange::{Door, Fault, PATIENCE, PAUSE, Upstream, is_events};
use super::relay::Output;
use crate::commands::ask::text_of;

/// What a client of a revision that has sessions began with.
#[derive(Default)]
pub(super) struct State {
    session: Option<String>,
    version: Option<String>,
    /// To begin anew with.
    initialize: Option<Value>,
    /// Which resources the client wants to hear of.
    subscribed: Vec<Value>,
}

impl Upstream {
    fn state(&self) -> MutexGuard<'_, State> {
        // Poisoned it is whole: no panic can happen between its changes.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session, where there is one.
    pub(super) fn session(&self) -> Option<String> {
        self.state().session.clone()
    }

    /// Whether the client speaks a revision that has sessions.
    pub(super) fn has_session(&self) -> bool {
        self.state().session.is_some()
    }

    /// Keeps in mind what a session began with.
    pub(super) fn begins(&self, response: &Response, message: &Value) {
        if message["method"] == "initialize" {
            let mut state = self.state();
            state.session = session_of(response);
            state.initialize = Some(message.clone());
        }
    }

    /// Learns the revision that was agreed upon.
    pub(super) fn hear(&self, said: &Value, message: &Value) {
        if message["method"] == "initialize" && said["id"] == message["id"] {
            self.state().version = said["result"]["protocolVersion"].as_str().map(str::to_owned);
        }
    }

    /// Keeps in mind which resources the client wants to hear of.
    pub(super) fn note(&self, message: &Value) {
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
    pub(super) async fn begin_anew(&self, gone: Option<String>) -> Result<(), Fault> {
        let _alone = self.beginning.lock().await;
        if self.state().session != gone {
            return Ok(());
        }
        let Some(mut initialize) = self.state().initialize.clone() else { return Ok(()) };
        initialize["id"] = json!("askwell-again");
        let response = self.send(|| self.post(&initialize)).await?;
        let status = response.status();
        let session = session_of(&response);
        // Its end is the answer, which says nothing new.
        let body = response.bytes().await?;
        let Some(session) = session.filter(|_| status.is_success()) else {
            let said = text_of(&serde_json::from_slice(&body).unwrap_or_default());
            return Err(Fault::Told(format!("Askwell does not begin anew: {said} ({})", status.as_u16())));
        };
        self.state().session = Some(session);
        let begun = self.introduce().await;
        if begun.is_err() {
            // Whoever comes next begins anew again, with all that belongs to it.
            self.state().session = gone;
        }
        begun
    }

    /// Says to a session that has begun anew what the client said to the one before.
    async fn introduce(&self) -> Result<(), Fault> {
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
            let session = self.session();
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

    pub(super) fn with_session(&self, mut request: RequestBuilder) -> RequestBuilder {
        let state = self.state();
        if let Some(session) = &state.session {
            request = request.header("mcp-session-id", session);
        }
        if let Some(version) = &state.version {
            request = request.header("mcp-protocol-version", version);
        }
        request
    }
}

/// The session that a server began.
fn session_of(response: &Response) -> Option<String> {
    response.headers().get("mcp-session-id")?.to_str().ok().map(str::to_owned)
}
