//! What a client may have missed while its connection was gone.
//!
//! Job: keep the last messages of each stream, above all the final one, and
//! follow a stream that goes on. Invariant: what is kept is bounded in streams,
//! in messages of each and in bytes; nobody finds a stream without having been
//! on it, as its id cannot be guessed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use rmcp::model::{JsonRpcMessage, ServerNotification};
use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use rmcp::transport::streamable_http_server::session::{EventId, EventStore, EventStoreError, EventStream};
use tokio::sync::watch;

/// Streams that are kept; beyond that those are forgotten that are over, the oldest first, then the oldest of the others.
const STREAMS: usize = 4_096;

/// Messages of one stream, of whose progress only the last is of use.
const MESSAGES: usize = 64;

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
    /// The last number given out. One for all: a stream that is forgotten and goes on must not begin at one again, for
    /// whoever comes back to it names a number.
    last: u64,
}

/// What is kept of one stream.
struct Line {
    events: VecDeque<(u64, usize, ServerSseMessage)>,
    /// Whether the final message has come. Rises when anything comes.
    news: watch::Sender<bool>,
}

impl Default for Line {
    fn default() -> Self {
        Self { events: VecDeque::new(), news: watch::Sender::new(false) }
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
        self.follow(stream, number).unwrap_or_else(|| Box::pin(futures::stream::empty()))
    }

    /// All that is kept of what is told a session beside its requests, and what is still to come; nothing where nothing
    /// has been told yet.
    pub(super) fn beside(self: &Arc<Self>, session: &str) -> Option<EventStream> {
        // As `rmcp` calls that stream.
        self.follow(&format!("{session}:common"), 0)
    }

    fn follow(self: &Arc<Self>, stream: &str, number: u64) -> Option<EventStream> {
        let news = self.kept().streams.get(stream).map(|line| line.news.subscribe())?;
        let follower = Follower {
            replay: Arc::clone(self),
            stream: stream.to_owned(),
            seen: number,
            news,
            ready: VecDeque::new(),
        };
        Some(Box::pin(futures::stream::unfold(follower, Follower::next)))
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
        kept.last += 1;
        let event_id = format!("{stream_id}/{}", kept.last);
        let mut stored = event.clone();
        stored.event_id = Some(event_id.clone());
        if is_progress(event) && line.events.back().is_some_and(|(.., before)| is_progress(before)) {
            kept.bytes -= line.events.pop_back().map_or(0, |(_, freed, _)| freed);
        }
        line.events.push_back((kept.last, size, stored));
        kept.bytes += size;
        if line.events.len() > MESSAGES {
            kept.bytes -= line.events.pop_front().map_or(0, |(_, freed, _)| freed);
        }
        line.news.send_replace(is_last);
        kept.forget_oldest(stream_id);
        Ok(event_id)
    }

    async fn replay_events_after(&self, _: &str) -> Result<EventStream, EventStoreError> {
        // Sessions resume by `after`, once it is known whose they are.
        Ok(Box::pin(futures::stream::empty()))
    }
}

fn is_progress(event: &ServerSseMessage) -> bool {
    matches!(event.message.as_deref(), Some(JsonRpcMessage::Notification(told))
        if matches!(told.notification, ServerNotification::ProgressNotification(_)))
}

impl Kept {
    /// Makes room, never of the stream that something has just come on.
    fn forget_oldest(&mut self, current: &str) {
        while self.streams.len() > STREAMS || (self.bytes > BYTES && self.streams.len() > 1) {
            let is_over = |stream: &String| self.streams.get(stream).is_none_or(|line| *line.news.borrow());
            let mut others = self.order.iter().enumerate().filter(|(_, stream)| *stream != current);
            let first = others.clone().next();
            let found = others.find(|(_, stream)| is_over(stream)).or(first).map(|(place, _)| place);
            let Some(oldest) = found.and_then(|place| self.order.remove(place)) else { return };
            if let Some(line) = self.streams.remove(&oldest) {
                self.bytes -= line.events.iter().map(|(_, size, _)| size).sum::<usize>();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use serde_json::json;

    use super::*;

    fn said(message: serde_json::Value) -> ServerSseMessage {
        let mut event = ServerSseMessage::default();
        event.message = Some(Arc::new(serde_json::from_value(message).unwrap()));
        event
    }

    fn progress() -> ServerSseMessage {
        said(
            json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": 1.0}}),
        )
    }

    fn answer() -> ServerSseMessage {
        said(json!({"jsonrpc": "2.0", "id": 1, "result": {}}))
    }

    #[tokio::test]
    async fn a_stream_that_waits_longest_keeps_its_answer() {
        let replay = Arc::new(Replay::default());
        let seen = replay.store_event("waits", &progress()).await.unwrap();
        for other in 0..STREAMS + 10 {
            replay.store_event(&format!("other-{other}"), &answer()).await.unwrap();
        }
        assert!(replay.kept().streams.len() <= STREAMS);
        replay.store_event("waits", &answer()).await.unwrap();
        let missed: Vec<_> = replay.after(&seen).collect().await;
        assert_eq!(missed.len(), 1);
    }

    #[tokio::test]
    async fn of_progress_the_last_is_kept() {
        let replay = Arc::new(Replay::default());
        let first = replay.store_event("waits", &progress()).await.unwrap();
        for _ in 0..MESSAGES {
            replay.store_event("waits", &progress()).await.unwrap();
        }
        assert_eq!(replay.kept().streams["waits"].events.len(), 1);
        replay.store_event("waits", &answer()).await.unwrap();
        let missed: Vec<_> = replay.after(&first).collect().await;
        assert_eq!(missed.len(), 2);
    }

    #[tokio::test]
    async fn numbers_never_begin_anew() {
        let replay = Arc::new(Replay::default());
        let seen = replay.store_event("waits", &progress()).await.unwrap();
        // All others wait as well, so the oldest is forgotten.
        for other in 0..STREAMS + 10 {
            replay.store_event(&format!("other-{other}"), &progress()).await.unwrap();
        }
        assert!(!replay.kept().streams.contains_key("waits"));
        replay.store_event("waits", &answer()).await.unwrap();
        let missed: Vec<_> = replay.after(&seen).collect().await;
        assert_eq!(missed.len(), 1);
    }
}
