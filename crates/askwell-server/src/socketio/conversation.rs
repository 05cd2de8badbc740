//! One connected client, from its first event to its last.
//!
//! Job: tell it every change that it may see, in the order of the feed, as fast
//! as it takes them; hear what it says, in its order. Invariants: nothing is
//! told that is not committed; what waits for it in memory is bounded, as what
//! it cannot take stays in the feed; a review's outcome is told once to whoever
//! asked. Neighbours: `hearing` does what it says, `answering` acknowledges,
//! `outbound` makes what it is told, `flow` knows what it has taken.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use askwell_app::AppError;
use askwell_app::ports::Cursor;
use askwell_core::ids::SessionId;
use askwell_core::{Change, Session};
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::{SendError, SocketError};
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::flow::Flow;
use super::hearing::Done;
use super::hub::News;
use super::inbox::{Inbox, Next};
use super::names;
use super::outbound::{Frame, Frames};
use super::pace::{Pace, Verdict};
use super::scope::Scope;
use super::source::{Source, Told};
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::problem::{Code, Problem};

/// Changes of one client that may wait for the disk at once.
const MAX_RUNNING: usize = 64;

/// Packets that may be held for a client before nothing more that it says is heard.
const MAX_HELD: usize = 1_000;

/// How long a stop waits for what is under way.
const FAREWELL: Duration = Duration::from_millis(1_500);

/// How long a client may be without room before it no longer holds what is told to others.
const LET_GO: Duration = Duration::from_secs(1);

/// How long a client may take nothing of what waits for it.
const STUCK: Duration = Duration::from_secs(10);

/// What is given, in its order.
pub(super) enum Packet {
    Event(Frame),
    Acknowledgement(AckSender, Box<RawValue>),
}

/// Why a conversation ends.
enum End {
    /// The client is gone.
    Over,
    /// The server stops.
    Stopping,
    /// The client takes nothing, or says too much.
    SentAway,
}

/// One connected client.
pub(super) struct Conversation {
    pub(super) socket: SocketRef,
    pub(super) server: Server,
    pub(super) who: Identity,
    pub(super) flow: Arc<Flow>,
    inbox: Arc<Inbox>,
    news: broadcast::Receiver<Arc<News>>,
    pub(super) source: Source,
    /// Made and not yet given.
    pub(super) held: VecDeque<Packet>,
    pub(super) scope: Scope,
    pub(super) asked: HashSet<SessionId>,
    /// Reviews told as open whose opening the feed will tell again.
    pub(super) told: HashSet<SessionId>,
    pub(super) start: Cursor,
    pub(super) looks_at: Option<SessionId>,
    pub(super) running: FuturesUnordered<BoxFuture<'static, Done>>,
    pace: Pace,
    /// Since when there is no room for it.
    blocked: Option<Instant>,
    /// Since when it has taken nothing, and what it had taken then.
    stuck: Option<(Instant, u64)>,
}

/// What a client says when it connects.
#[derive(Debug, Default)]
pub(super) struct Greeting {
    after: Option<String>,
    only_joined: bool,
}

impl Greeting {
    /// Reads what came with the connection; unknown keys are other people's.
    pub(super) fn of(auth: &Value) -> Self {
        Self { after: auth["after"].as_str().map(str::to_owned), only_joined: auth["only"] == "joined" }
    }
}

impl Conversation {
    /// Greets a client and finds its place in the feed.
    pub(super) async fn begin(
        socket: SocketRef,
        server: Server,
        who: Identity,
        flow: Arc<Flow>,
        inbox: Arc<Inbox>,
        greeting: Greeting,
    ) -> Result<Self, AppError> {
        let news = server.hub.listen();
        let resumed = match greeting.after {
            Some(after) => Some(Source::after(&server, &who, after).await),
            None => None,
        };
        let (source, refused) = match resumed {
            Some(Ok(source)) => (source, None),
            None => (Source::live(&server, &who, !greeting.only_joined).await?, None),
            // It goes on live, and is told so.
            Some(Err(error @ (AppError::InvalidCursor | AppError::CursorExpired { .. }))) => {
                (Source::live(&server, &who, !greeting.only_joined).await?, Some(Problem::from(error)))
            }
            Some(Err(error)) => return Err(error),
        };
        let mut conversation = Self {
            start: source.place().clone(),
            socket,
            server,
            who,
            flow,
            inbox,
            news,
            source,
            held: VecDeque::new(),
            scope: Scope::new(greeting.only_joined),
            asked: HashSet::new(),
            told: HashSet::new(),
            looks_at: None,
            running: FuturesUnordered::new(),
            pace: Pace::new(Instant::now()),
            blocked: None,
            stuck: None,
        };
        conversation.tell(
            names::CONNECTED,
            &json!({
                "message": conversation.who.locale.text("message-connected", &[]),
                "server_time": askwell_app::timestamp_text(conversation.server.app.now()),
                "cursor": conversation.start.0,
            }),
        );
        if let Some(problem) = refused {
            conversation.tell_error(&problem, None);
        }
        Ok(conversation)
    }

    /// Talks until the client is gone or sent away, or the server stops.
    pub(super) async fn run(mut self) {
        let _entered = self.server.hub.enter();
        let end = self.talk().await;
        self.look(None, None);
        match end {
            End::Over => {}
            End::Stopping => {
                // Cut, not closed: a client that is told to go does not come back by itself.
                let _ = tokio::time::timeout(FAREWELL, self.farewell()).await;
                self.flow.hang_up();
            }
            End::SentAway => {
                metrics::counter!("askwell_sockets_sent_away_total").increment(1);
                tracing::debug!(sid = %self.socket.id, "a client is sent away: it takes nothing, or says too much");
                if !self.flow.hang_up() {
                    let _ = self.socket.clone().disconnect();
                }
            }
        }
    }

    async fn talk(&mut self) -> End {
        let stopping = self.server.app.stopping();
        let (inbox, flow) = (Arc::clone(&self.inbox), Arc::clone(&self.flow));
        loop {
            if self.give().is_err() {
                return End::Over;
            }
            let may_tell = self.held.is_empty() && flow.has_room();
            if may_tell {
                self.blocked = None;
            } else if self.blocked.get_or_insert_with(Instant::now).elapsed() >= LET_GO {
                self.source.let_go();
            }
            let may_hear = self.running.len() < MAX_RUNNING && self.held.len() < MAX_HELD;
            tokio::select! {
                biased;
                () = stopping.cancelled() => return End::Stopping,
                Some(done) = self.running.next(), if !self.running.is_empty() => self.finish(done),
                next = inbox.next(), if may_hear => match next {
                    Next::Said(said) => match self.pace.take(Instant::now()) {
                        Verdict::Heard => self.hear(said).await,
                        Verdict::Refused => self.answer_problem(&Problem::new(Code::TooManyRequests), None, said.ack),
                        Verdict::SentAway => return End::SentAway,
                    },
                    Next::Flooded => return End::SentAway,
                    Next::Closed => return End::Over,
                },
                told = self.source.next(), if may_tell => match told {
                    Some(Ok(told)) => self.take(told),
                    Some(Err(error)) => {
                        tracing::warn!(%error, "a socket can no longer follow the feed");
                        return End::SentAway;
                    }
                    None => return End::Stopping,
                },
                news = self.news.recv(), if may_tell => {
                    // What was missed were hints.
                    if let Ok(news) = news && self.scope.covers(news.session, news.workflow_id.as_deref()) {
                        self.held.push_back(Packet::Event(news.frame.clone()));
                    }
                }
                () = flow.some_taken(), if !may_tell => {
                    if self.is_stuck() {
                        return End::SentAway;
                    }
                }
            }
        }
    }

    /// Answers what was said last.
    async fn farewell(&mut self) {
        while let Some(done) = self.running.next().await {
            self.finish(done);
        }
        while self.give().is_ok() && (!self.held.is_empty() || self.flow.waiting() > 0) {
            self.flow.some_taken().await;
        }
    }

    /// Whether it has long taken nothing of all that waits for it. One that polls and no longer does so is found by
    /// its heartbeat.
    fn is_stuck(&mut self) -> bool {
        if !self.flow.is_full() {
            self.stuck = None;
            return false;
        }
        let (now, taken) = (Instant::now(), self.flow.taken());
        match self.stuck {
            Some((since, before)) if before == taken => now.duration_since(since) >= STUCK,
            _ => {
                self.stuck = Some((now, taken));
                false
            }
        }
    }

    /// Gives what is held, as far as there is room.
    fn give(&mut self) -> Result<(), SendError> {
        while self.flow.has_room()
            && let Some(packet) = self.held.pop_front()
        {
            let (given, bytes) = match packet {
                Packet::Event(frame) => match self.socket.emit(frame.name, &*frame.body) {
                    Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                        self.held.push_front(Packet::Event(frame));
                        return Ok(());
                    }
                    given => (given, frame.body.get().len() + frame.name.len()),
                },
                Packet::Acknowledgement(ack, body) => (ack.send(&*body), body.get().len()),
            };
            match given {
                Ok(()) => self.flow.give(bytes),
                // Too much waits to hold even an acknowledgement: as lost as with a connection that breaks.
                Err(SendError::Socket(SocketError::InternalChannelFull)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(super) fn tell(&mut self, name: &'static str, body: &Value) {
        self.held.push_back(Packet::Event(Frame::of(name, body)));
    }

    /// Encodes what is told, if this client is to be told.
    fn take(&mut self, told: Told) {
        let locale = self.server.options.default_locale;
        match told {
            Told::Review(stored) => {
                if stored.cursor > self.start {
                    self.told.insert(stored.session.id());
                }
                self.held.push_back(Packet::Event(Frame::review(&stored.session, &stored.cursor.0, locale)));
            }
            Told::Rest(item) => {
                let frames = item.once(|item| Frames::of(item, locale));
                if self.covers(&item.session) {
                    self.hold(frames.reviews.iter());
                }
            }
            Told::Change(item) => {
                let frames = item.once(|item| Frames::of(item, locale));
                let id = item.session.id();
                // Before the session's own events, as whoever asked may leave at once.
                if frames.answer.is_some() && self.asked.remove(&id) {
                    self.hold(frames.answer.iter());
                    self.server.app.picked_up(id);
                }
                let opened = matches!(item.change, Change::Opened(_));
                let told_already = opened && self.told.remove(&id);
                if self.covers(&item.session) {
                    self.hold([&frames.change]);
                    if !told_already {
                        self.hold(frames.reviews.iter());
                    }
                }
            }
        }
    }

    pub(super) fn hold<'f>(&mut self, frames: impl IntoIterator<Item = &'f Frame>) {
        self.held.extend(frames.into_iter().cloned().map(Packet::Event));
    }

    fn covers(&self, session: &Session) -> bool {
        self.scope.covers(session.id(), session.opened.workflow_id.as_deref())
    }
}
