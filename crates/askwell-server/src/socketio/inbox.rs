//! What one client has said and nobody has heard yet, in its order.
//!
//! Engine.IO hands each event over as it comes and starts a task for it, so
//! neither order nor memory would be bounded without this.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use askwell_core::json::parse;
use serde_json::value::RawValue;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::AckSender;
use socketioxide::handler::{FromMessage, FromMessageParts as _};
use socketioxide::socket::Socket;
use tokio::sync::Notify;

use crate::wire::problem::{Code, Problem};

/// Events that may wait.
const MAX_EVENTS: usize = 1_000;

/// Bytes of events that may wait.
const MAX_BYTES: usize = 4 << 20;

/// What one client has said.
#[derive(Default)]
pub(super) struct Inbox {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    said: VecDeque<Said>,
    bytes: usize,
    flooded: bool,
    closed: bool,
}

/// What comes out of an inbox.
pub(super) enum Next {
    /// An event.
    Said(Said),
    /// More than may wait was said.
    Flooded,
    /// The client is gone.
    Closed,
}

/// One event as it came.
pub(super) struct Said {
    text: String,
    has_attachments: bool,
    /// How to acknowledge it, where the client wants that.
    pub(super) ack: Option<AckSender>,
}

impl Said {
    /// The event's name and its payload; null where there is none.
    pub(super) fn read(&self) -> (String, Result<serde_json::Value, Problem>) {
        let parts: Vec<&RawValue> = match serde_json::from_str(&self.text) {
            Ok(parts) => parts,
            Err(error) => {
                let problem = Problem::new(Code::MalformedJson).with("reason", &error).logged(error.to_string());
                return (String::new(), Err(problem));
            }
        };
        let name = parts.first().and_then(|name| serde_json::from_str(name.get()).ok()).unwrap_or_default();
        let payload = match parts.get(1) {
            _ if self.has_attachments => {
                Err(Problem::new(Code::UnsupportedMediaType).with("expected", "application/json"))
            }
            Some(payload) => parse(payload.get().as_bytes()).map_err(Problem::from),
            None => Ok(serde_json::Value::Null),
        };
        (name, payload)
    }
}

impl Inbox {
    /// The next event, in the order in which they came.
    pub(super) async fn next(&self) -> Next {
        loop {
            // Made before the look, so that a change between the two is not missed.
            let changed = self.changed.notified();
            {
                let mut state = self.state();
                if state.closed {
                    return Next::Closed;
                }
                if state.flooded {
                    return Next::Flooded;
                }
                if let Some(said) = state.said.pop_front() {
                    state.bytes -= said.text.len();
                    return Next::Said(said);
                }
            }
            changed.await;
        }
    }

    /// The client is gone.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.said.clear();
        drop(state);
        self.changed.notify_one();
    }

    fn put(&self, said: Said) {
        let mut state = self.state();
        if state.said.len() >= MAX_EVENTS || state.bytes + said.text.len() > MAX_BYTES {
            state.flooded = true;
            state.said.clear();
            state.bytes = 0;
        }
        if !state.closed && !state.flooded {
            state.bytes += said.text.len();
            state.said.push_back(said);
        }
        drop(state);
        self.changed.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts an event into its socket's inbox. Done while the event is handed over, because the
/// tasks that are started for events run in any order.
pub(super) struct Posted;

impl FromMessage<LocalAdapter> for Posted {
    type Error = Infallible;

    fn from_message(
        socket: Arc<Socket>,
        mut value: socketioxide_core::Value,
        ack_id: Option<i64>,
    ) -> Result<Self, Infallible> {
        let Ok(ack) = AckSender::from_message_parts(&socket, &mut value, &ack_id);
        let (text, has_attachments) = match value {
            socketioxide_core::Value::Str(text, attachments) => {
                (String::from(text), attachments.is_some_and(|attachments| !attachments.is_empty()))
            }
            socketioxide_core::Value::Bytes(_) => (String::new(), true),
        };
        if let Some(inbox) = socket.extensions.get::<Arc<Inbox>>() {
            inbox.put(Said { text, has_attachments, ack: ack_id.map(|_| ack) });
        }
        Ok(Self)
    }
}
