//! What a client may have missed while its connection was gone.
//!
//! Job: keep the last messages of each stream, above all the final one, and
//! follow a stream that goes on. Invariant: what is kept is bounded in streams,
//! in messages of each and in bytes; nobody finds a stream without having been
//! on it, as its id cannot be guessed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use rmcp::model::JsonRpcMessage;
use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use rmcp::transport::streamable_http_server::session::{EventId, EventStore, EventStoreError, EventStream};
use tokio::sync::watch;

/// Streams that are kept; beyond that those that began first are forgotten.
const STREAMS: usize = 4_096;

/// Messages of one stream: progress before the last is worth nothing.
const MESSAGES: usize = 4;

/// Bytes of all messages together, as JSON.
const BYTES: usize = 16 << 20;

/// What is kept of all streams.
#[derive(Default)]
pub(super) struct Replay {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    streams: HashMap<String, Line>,
    /// In the order in which they began.
    order: VecDeque<String>,
    bytes: usize,
}

/// What is kept of one stream.
struct Line {
    events: VecDeque<(u64, usize, ServerSseMessage)>,
    next: u64,
    /// Whether the final message has come. Rises when anything comes.
    news: watch::Sender<bool>,
}

impl Default for Line {
    fn default() -> Self {
        Self { events: VecDeque::new(), next: 0, news: watch::Sender::new(false) }
    }
}

impl Replay {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A poisoned store is whole: no panic can happen between its changes.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What came on a stream after this event, and what is still to come; nothing where the stream is not known.
    pub(super) fn after(self: &Arc<Self>, event_id: &str) -> EventStream {
        let place = event_id.rsplit_once('/').and_then(|(stream, number)| Some((stream, number.parse().ok()?)));
        let Some((stream, number)) = place else { return Box::pin(futures::stream::empty()) };
        let news = self.kept().streams.get(stream).map(|line| line.news.subscribe());
        let Some(news) = news else { return Box::pin(futures::stream::empty()) };
        let follower = Follower {
            replay: Arc::clone(self),
            stream: stream.to_owned(),
            seen: number,
            news,
            ready: VecDeque::new(),
        };
        Box::pin(futures::stream::unfold(follower, Follower::next))
    }
}

struct Follower {
    replay: Arc<Replay>,
    stream: String,
    seen: u64,
    news: watch::Receiver<bool>,
    ready: VecDeque<(u64, ServerSseMessage)>,
}

impl Follower {
    async fn next(mut self) -> Option<(ServerSseMessage, Self)> {
        loop {
            if let Some((number, message)) = self.ready.pop_front() {
                self.seen = number;
                return Some((message, self));
            }
            let is_over = *self.news.borrow_and_update();
            {
                let kept = self.replay.kept();
                let line = kept.streams.get(&self.stream)?;
                let seen = self.seen;
                let missed = line.events.iter().filter(|(number, ..)| *number > seen);
                self.ready = missed.map(|(number, _, message)| (*number, message.clone())).collect();
            }
            if self.ready.is_empty() {
                if is_over {
                    return None;
                }
                self.news.changed().await.ok()?;
            }
        }
    }
}

#[async_trait]
impl EventStore for Replay {
    async fn store_event(&self, stream_id: &str, event: &ServerSseMessage) -> Result<EventId, EventStoreError> {
        let message = event.message.as_deref();
        let is_last = matches!(message, Some(JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_)));
        let size = message.and_then(|message| serde_json::to_string(message).ok()).map_or(0, |text| text.len());
        let mut kept = self.kept();
        if !kept.streams.contains_key(stream_id) {
            kept.order.push_back(stream_id.to_owned());
            kept.streams.insert(stream_id.to_owned(), Line::default());
        }
        let kept = &mut *kept;
        let Some(line) = kept.streams.get_mut(stream_id) else { return Err("the stream is gone".into()) };
        line.next += 1;
        let event_id = format!("{stream_id}/{}", line.next);
        let mut stored = event.clone();
        stored.event_id = Some(event_id.clone());
        line.events.push_back((line.next, size, stored));
        kept.bytes += size;
        if line.events.len() > MESSAGES
            && let Some((_, freed, _)) = line.events.pop_front()
        {
            kept.bytes -= freed;
        }
        line.news.send_replace(is_last);
        kept.forget_oldest();
        Ok(event_id)
    }

    async fn replay_events_after(&self, _: &str) -> Result<EventStream, EventStoreError> {
        // Sessions resume by `after`, once it is known whose they are.
        Ok(Box::pin(futures::stream::empty()))
    }
}

impl Kept {
    fn forget_oldest(&mut self) {
        while self.streams.len() > STREAMS || (self.bytes > BYTES && self.streams.len() > 1) {
            let Some(oldest) = self.order.pop_front() else { return };
            if let Some(line) = self.streams.remove(&oldest) {
                self.bytes -= line.events.iter().map(|(_, size, _)| size).sum::<usize>();
            }
        }
    }
}
