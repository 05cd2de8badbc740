//! One connected client, from its first event to its last.
//!
//! Job: tell it every change that it may see, in the order of the feed, as fast
//! as it takes them; hear what it says, in its order. Invariants: nothing is
//! told that is not committed; what waits for it in memory is bounded, as what
//! it cannot take stays in the feed; a review's outcome is told once to whoever
//! asked. Neighbours: `hearing` does what it says, `answering` acknowledges,
//! `outbound` makes what it is told, `flow` knows what it has taken.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{Cursor, StoredSession};
use askwell_app::{AppError, Awaiting};
use askwell_core::ids::{SessionId, Version};
use askwell_core::{Change, Session};
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::{SendError, SocketError, TransportType};
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::flow::{Flow, LIMIT};
use super::hearing::Done;
use super::hub::{Entered, Looked};
use super::inbox::{Inbox, Next};
use super::outbound::{Frame, Frames};
use super::pace::{Pace, Verdict};
use super::scope::Scope;
use super::source::{Source, Told};
use super::{Shared, names};
use crate::identity::Identity;
use crate::wire::problem::{Code, Problem};

/// Changes of one client that may wait for the disk at once.
const MAX_RUNNING: usize = 32;

/// The same while something is held for it: what comes of them is held, too.
const MAX_RUNNING_IF_HELD: usize = 4;

/// How long a stop waits for what is under way.
const FAREWELL: Duration = Duration::from_millis(1_500);

/// How long a client may be without room before it no longer holds what is told to others.
const LET_GO: Duration = Duration::from_secs(1);

/// How long a client may take nothing while as much waits for it as may.
const STUCK: Duration = Duration::from_secs(20);

/// How long a client may take nothing at all of what waits for it.
const DEAF: Duration = Duration::from_mins(1);

/// How soon the feed is tried again after it could not be read.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// What is given, in its order.
pub(super) enum Packet {
    Event(Frame),
    /// What came of a review, to whoever asked; given, it is picked up.
    Outcome(Frame, SessionId),
    Acknowledgement(AckSender, Box<RawValue>),
}

impl Packet {
    /// The least that it is on the wire, in bytes: `42["name",body]`, `430[body]`.
    fn bytes(&self) -> usize {
        match self {
            Self::Event(frame) | Self::Outcome(frame, _) => 7 + frame.name.len() + frame.body.get().len(),
            Self::Acknowledgement(_, body) => 5 + body.get().len(),
        }
    }
}

/// Why a conversation ends.
enum End {
    /// The client is gone.
    Over,
    /// The client is to come back: the server stops, or the client takes nothing.
    SentBack,
    /// The client says too much.
    SentAway,
}

/// One connected client.
pub(super) struct Conversation {
    pub(super) socket: SocketRef,
    pub(super) shared: Shared,
    pub(super) who: Identity,
    flow: Arc<Flow>,
    inbox: Arc<Inbox>,
    looked: broadcast::Receiver<Arc<Looked>>,
    asked_again: broadcast::Receiver<Arc<StoredSession>>,
    pub(super) source: Source,
    /// Made and not yet given, and how many bytes that is.
    held: VecDeque<Packet>,
    held_bytes: usize,
    pub(super) scope: Scope,
    /// Reviews whose outcome the client waits for, and how many it is asking for.
    pub(super) asked: HashMap<SessionId, Awaiting>,
    pub(super) asking: usize,
    /// Reviews told as open whose opening the feed will tell again.
    pub(super) told: HashSet<SessionId>,
    pub(super) start: Cursor,
    pub(super) looks_at: Option<Arc<Session>>,
    pub(super) running: FuturesUnordered<BoxFuture<'static, Done>>,
    pace: Pace,
    /// Since when there is no room for it.
    blocked: Option<Instant>,
    /// Since when it has taken nothing of what waits, and what it had taken then.
    silent: Option<(Instant, u64)>,
    /// Until when the feed is left alone.
    rests_until: Option<Instant>,
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
        shared: Shared,
        who: Identity,
        flow: Arc<Flow>,
        inbox: Arc<Inbox>,
        greeting: Greeting,
    ) -> Result<Box<Self>, AppError> {
        let server = &shared.server;
        let (looked, asked_again) = (shared.hub.listen(), server.app.asked_again());
        let resumed = match greeting.after {
            Some(after) => Some(Source::after(server, &who, after).await),
            None => None,
        };
        let (source, refused) = match resumed {
            Some(Ok(source)) => (source, None),
            None => (Source::live(server, &who, !greeting.only_joined).await?, None),
            // It goes on live, and is told so.
            Some(Err(error @ (AppError::InvalidCursor | AppError::CursorExpired { .. }))) => {
                (Source::live(server, &who, !greeting.only_joined).await?, Some(Problem::from(error)))
            }
            Some(Err(error)) => return Err(error),
        };
        let mut conversation = Box::new(Self {
            start: source.place().clone(),
            socket,
            shared,
            who,
            flow,
            inbox,
            looked,
            asked_again,
            source,
            held: VecDeque::new(),
            held_bytes: 0,
            scope: Scope::new(greeting.only_joined),
            asked: HashMap::new(),
            asking: 0,
            told: HashSet::new(),
            looks_at: None,
            running: FuturesUnordered::new(),
            pace: Pace::new(Instant::now()),
            blocked: None,
            silent: None,
            rests_until: None,
        });
        conversation.tell(
            names::CONNECTED,
            &json!({
                "message": conversation.who.locale.text("message-connected", &[]),
                "server_time": askwell_app::timestamp_text(conversation.shared.server.app.now()),
                "cursor": conversation.start.0,
            }),
        );
        if let Some(problem) = refused {
            conversation.tell_error(&problem, None);
        }
        for looked in conversation.shared.hub.all_presence() {
            conversation.tell_presence(&looked);
        }
        Ok(conversation)
    }

    /// Talks until the client is gone, sent back or sent away.
    pub(super) async fn run(mut self: Box<Self>) {
        let _entered = Entered::new(&self.shared.server.clients);
        let end = self.talk().await;
        self.look(None, None);
        match end {
            End::Over => {}
            End::SentBack => {
                // Cut, not closed: a client that is told to go does not come back by itself.
                let _ = tokio::time::timeout(FAREWELL, Box::pin(self.farewell())).await;
                self.flow.send_back();
            }
            End::SentAway => {
                metrics::counter!("askwell_sockets_sent_away_total").increment(1);
                tracing::debug!(sid = %self.socket.id, "a client is sent away: it says too much");
                let _ = self.socket.clone().disconnect();
                self.flow.send_back();
            }
        }
    }

    async fn talk(&mut self) -> End {
        let stopping = self.shared.server.app.stopping();
        // Boxed, and only where there is something that can fall: most clients of a server without accounts are idle.
        let fallen = self.who.caller.credential.is_some();
        let mut fallen = fallen.then(|| Box::pin(self.shared.server.app.fallen(&self.who.caller)));
        let (inbox, flow) = (Arc::clone(&self.inbox), Arc::clone(&self.flow));
        loop {
            if self.socket.transport_type() == TransportType::Websocket {
                flow.upgraded();
            }
            match self.give() {
                Ok(()) => {}
                // Acknowledgements are not lost on a connection that lives.
                Err(SendError::Socket(SocketError::InternalChannelFull)) => return End::SentBack,
                Err(_) => return End::Over,
            }
            if self.is_silent() {
                metrics::counter!("askwell_sockets_silent_total").increment(1);
                tracing::debug!(sid = %self.socket.id, "a client takes nothing: it is sent back");
                return End::SentBack;
            }
            let may_tell = self.may_tell();
            let may_hear = self.may_hear();
            tokio::select! {
                biased;
                () = stopping.cancelled() => return End::SentBack,
                // What let it in no longer stands: it may try anew, with what it has now.
                () = async { if let Some(fallen) = &mut fallen { fallen.await } }, if fallen.is_some() => {
                    return End::SentBack;
                }
                Some(done) = self.running.next(), if !self.running.is_empty() => self.finish(done),
                next = inbox.next(), if may_hear => match next {
                    Next::Said(said) => match self.pace.take(Instant::now()) {
                        Verdict::Heard => Box::pin(self.hear(said)).await,
                        Verdict::Refused => self.answer_problem(&Problem::new(Code::TooManyRequests), None, said.ack),
                        Verdict::SentAway => return End::SentAway,
                    },
                    Next::Flooded => return End::SentAway,
                    Next::Closed => return End::Over,
                },
                // Hints, before the feed, so that none comes after what it is about has ended. Missed ones harm nobody.
                again = self.asked_again.recv(), if may_tell => {
                    if let Ok(stored) = again {
                        self.tell_again(&stored);
                    }
                }
                looked = self.looked.recv(), if may_tell => {
                    if let Ok(looked) = looked {
                        self.tell_presence(&looked);
                    }
                }
                told = self.source.next(), if may_tell => match told {
                    Some(Ok(told)) => self.take(told),
                    // Stopping, or its place in the feed is no longer kept.
                    None | Some(Err(AppError::CursorExpired { .. } | AppError::InvalidCursor)) => return End::SentBack,
                    Some(Err(error)) => {
                        tracing::warn!(%error, "a socket cannot follow the feed; it will try again");
                        self.source.let_go();
                        self.rests_until = Some(Instant::now() + READ_AGAIN);
                    }
                },
                () = flow.some_taken(), if !may_tell => {}
            }
        }
    }

    /// Whether the client has room for more, and nothing stands before it.
    fn may_tell(&mut self) -> bool {
        let now = Instant::now();
        if self.held.is_empty() && self.flow.has_room() {
            self.blocked = None;
            return self.rests_until.is_none_or(|until| now >= until);
        }
        if now.duration_since(*self.blocked.get_or_insert(now)) >= LET_GO {
            self.source.let_go();
        }
        false
    }

    /// Whether the client is listened to: what comes of it must have room, too.
    fn may_hear(&self) -> bool {
        let most = if self.held.is_empty() { MAX_RUNNING } else { MAX_RUNNING_IF_HELD };
        self.running.len() < most && !self.is_full()
    }

    /// Whether as much waits as may, with what is held for want of room.
    fn is_full(&self) -> bool {
        self.held_bytes as u64 + self.flow.waiting() >= LIMIT
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

    /// Whether it has for long taken nothing of what waits for it.
    fn is_silent(&mut self) -> bool {
        if self.flow.waiting() == 0 {
            self.silent = None;
            return false;
        }
        let (now, taken) = (Instant::now(), self.flow.taken());
        match self.silent {
            Some((since, before)) if before == taken => {
                now.duration_since(since) >= if self.is_full() { STUCK } else { DEAF }
            }
            _ => {
                self.silent = Some((now, taken));
                false
            }
        }
    }

    /// Gives what is held, as far as there is room.
    fn give(&mut self) -> Result<(), SendError> {
        while let Some(packet) = self.held.front() {
            let bytes = packet.bytes();
            if !self.flow.has_room_for(bytes) {
                return Ok(());
            }
            self.flow.give(bytes);
            if let Packet::Event(frame) | Packet::Outcome(frame, _) = packet
                && let Err(error) = self.socket.emit(frame.name, &*frame.body)
            {
                self.flow.take_back(bytes);
                return match error {
                    SendError::Socket(SocketError::InternalChannelFull) => Ok(()),
                    error => Err(error),
                };
            }
            self.held_bytes -= bytes;
            match self.held.pop_front() {
                Some(Packet::Outcome(_, review)) => self.shared.server.app.picked_up(review),
                Some(Packet::Acknowledgement(ack, body)) => ack.send(&*body)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Puts a packet behind all others.
    pub(super) fn hold(&mut self, packet: Packet) {
        self.held_bytes += packet.bytes();
        self.held.push_back(packet);
    }

    fn hold_all<'f>(&mut self, frames: impl IntoIterator<Item = &'f Frame>) {
        frames.into_iter().for_each(|frame| self.hold(Packet::Event(frame.clone())));
    }

    pub(super) fn tell(&mut self, name: &'static str, body: &Value) {
        self.hold(Packet::Event(Frame::of(name, body)));
    }

    /// Encodes what is told, if this client is to be told.
    fn take(&mut self, told: Told) {
        let locale = self.shared.server.options.default_locale;
        match told {
            Told::Review(stored) => {
                if stored.cursor > self.start {
                    if stored.session.version == Version::NONE.next() {
                        // Opened since the client came: the feed tells it, in its order.
                        return;
                    }
                    self.told.insert(stored.session.id());
                }
                self.tell_review(&stored.session);
            }
            Told::Rest(item) => {
                let frames = item.once(|item| Frames::of(item, locale));
                if self.covers(&item.session) {
                    self.hold_all(&frames.reviews);
                }
            }
            Told::Change(item) => {
                let frames = item.once(|item| Frames::of(item, locale));
                let id = item.session.id();
                self.shared.hub.presence.note(&item.session);
                let opened = matches!(item.change, Change::Opened(_));
                let told_already = opened && self.told.remove(&id);
                if self.covers(&item.session) {
                    self.hold_all([&frames.change]);
                    if !told_already {
                        self.hold_all(&frames.reviews);
                    }
                }
                // Last, as its cursor says that all of the change was told.
                if let Some(frame) = &frames.answer
                    && self.asked.remove(&id).is_some()
                {
                    self.hold(Packet::Outcome(frame.clone(), id));
                }
            }
        }
    }

    /// Tells that a review waits, beside the feed: so it must not say that the client is further than it is.
    fn tell_review(&mut self, session: &Session) {
        if self.covers(session) {
            let frame = Frame::review(session, &self.source.place().0, self.shared.server.options.default_locale);
            self.hold(Packet::Event(frame));
        }
    }

    fn tell_presence(&mut self, looked: &Looked) {
        if self.may_be_told(&looked.session) {
            self.hold(Packet::Event(looked.frame.clone()));
        }
    }

    /// Whoever asked asks again.
    fn tell_again(&mut self, stored: &StoredSession) {
        if self.may_be_told(&stored.session) {
            self.tell_review(&stored.session);
        }
    }

    /// What comes by the feed is seen to there.
    fn may_be_told(&self, session: &Session) -> bool {
        self.covers(session) && self.shared.server.app.may_see(&self.who.caller, session)
    }

    fn covers(&self, session: &Session) -> bool {
        self.scope.covers(session.id(), session.opened.workflow_id.as_deref())
    }
}
