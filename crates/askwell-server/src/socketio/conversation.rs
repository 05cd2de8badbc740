//! One connected client, from its first event to its last.
//!
//! Job: tell it every change that it may see, in the order of the feed, as fast
//! as it takes them; hear what it says, in its order. Invariants: nothing is
//! told that is not committed; what waits for it in memory is bounded, as what
//! it cannot take stays in the feed; a review's outcome is told once to whoever
//! asked, whether it comes before or after the question is noted. Neighbours:
//! `inbound` does what it says, `outbound` makes what it is told, `flow` knows
//! what it has taken.

use std::collections::{HashSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{Cursor, StoredSession};
use askwell_app::{After, AppError, FeedItem, Opened};
use askwell_core::ids::SessionId;
use askwell_core::{Change, Session};
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, Stream, StreamExt as _};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::{SendError, SocketError};
use tokio::sync::broadcast;
use tokio::time::{Instant, sleep};

use super::flow::Flow;
use super::hub::{Hub, News};
use super::inbound::{self, Reply};
use super::inbox::{Inbox, Next, Said};
use super::names;
use super::outbound::{Frame, Frames};
use super::pace::{Pace, Verdict};
use super::scope::Scope;
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::problem::{Code, Place, Problem};

/// Changes of one client that may wait for the disk at once.
const MAX_RUNNING: usize = 64;

/// Reviews whose outcome one client may wait for.
const MAX_ASKED: usize = 10_000;

/// How soon a client that had no room is looked at again.
const RETRY: Duration = Duration::from_millis(20);

/// How long a client may take nothing of what waits for it.
const STUCK: Duration = Duration::from_secs(10);

/// What is told, before it is encoded.
enum Told {
    /// A review that was open already when the client came.
    Review(Box<StoredSession>),
    /// A change.
    Change(Arc<FeedItem>),
}

type Outgoing = Pin<Box<dyn Stream<Item = Result<Told, AppError>> + Send>>;

/// Something that went on beside the conversation and is over.
enum Done {
    /// An answer or a cancellation.
    Reply(Reply, Option<AckSender>),
    /// A review was asked for.
    Asked(Result<(Reply, Opened), Problem>, Value, Option<AckSender>),
    /// A review was answered by its name.
    Answered(Reply, Value, Option<AckSender>),
    /// How a review stands, looked at after it was noted that its outcome is waited for.
    Stands(Option<StoredSession>),
}

/// Why a conversation ends.
enum End {
    /// The client is gone, or the server stops.
    Over,
    /// The client takes nothing, or says too much.
    SentAway,
}

/// One connected client.
pub(super) struct Conversation {
    socket: SocketRef,
    server: Server,
    who: Identity,
    flow: Arc<Flow>,
    inbox: Arc<Inbox>,
    news: broadcast::Receiver<Arc<News>>,
    outgoing: Outgoing,
    /// Encoded and not yet given.
    held: VecDeque<Frame>,
    scope: Scope,
    asked: HashSet<SessionId>,
    /// Reviews told as open whose opening the feed will tell again.
    told: HashSet<SessionId>,
    start: Cursor,
    looks_at: Option<SessionId>,
    running: FuturesUnordered<BoxFuture<'static, Done>>,
    pace: Pace,
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
        Self {
            after: auth["after"].as_str().map(str::to_owned),
            only_joined: auth["only"] == "joined",
        }
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
        let resumes = greeting.after.is_some();
        let wanted = greeting.after.map_or(After::Latest, After::Cursor);
        let (following, refused) = match server.app.follow(&who.caller, wanted).await {
            Ok(following) => (following, None),
            // It goes on live, and is told so.
            Err(error @ (AppError::InvalidCursor | AppError::CursorExpired { .. })) => {
                (server.app.follow(&who.caller, After::Latest).await?, Some(Problem::from(error)))
            }
            Err(error) => return Err(error),
        };
        let changes = following.items.map(|item| item.map(Told::Change));
        let snapshot = !greeting.only_joined && (!resumes || refused.is_some());
        let outgoing: Outgoing = if snapshot {
            Box::pin(open_reviews(server.clone(), who.clone()).chain(changes))
        } else {
            Box::pin(changes)
        };
        let mut conversation = Self {
            socket,
            server,
            who,
            flow,
            inbox,
            news,
            outgoing,
            held: VecDeque::new(),
            scope: Scope::new(greeting.only_joined),
            asked: HashSet::new(),
            told: HashSet::new(),
            start: following.start,
            looks_at: None,
            running: FuturesUnordered::new(),
            pace: Pace::new(Instant::now()),
            stuck: None,
        };
        conversation.tell(names::CONNECTED, &json!({
            "message": conversation.who.locale.text("message-connected", &[]),
            "server_time": askwell_app::timestamp_text(conversation.server.app.now()),
            "cursor": conversation.start.0,
        }));
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
        if matches!(end, End::SentAway) {
            metrics::counter!("askwell_sockets_sent_away_total").increment(1);
            tracing::debug!(sid = %self.socket.id, "a client is sent away: it takes nothing, or says too much");
            if !self.flow.hang_up() {
                let _ = self.socket.clone().disconnect();
            }
        }
    }

    async fn talk(&mut self) -> End {
        let stopping = self.server.app.stopping();
        let inbox = Arc::clone(&self.inbox);
        loop {
            if self.give().is_err() {
                return End::Over;
            }
            let may_tell = self.held.is_empty() && self.flow.has_room();
            if may_tell {
                self.stuck = None;
            }
            tokio::select! {
                biased;
                () = stopping.cancelled() => {
                    self.server.hub.close().await;
                    return End::Over;
                }
                Some(done) = self.running.next(), if !self.running.is_empty() => self.finish(done),
                next = inbox.next(), if self.running.len() < MAX_RUNNING => match next {
                    Next::Said(said) => match self.pace.take(Instant::now()) {
                        Verdict::Heard => self.hear(said).await,
                        Verdict::Refused => self.answer_problem(&Problem::new(Code::TooManyRequests), None, said.ack),
                        Verdict::SentAway => return End::SentAway,
                    },
                    Next::Flooded => return End::SentAway,
                    Next::Closed => return End::Over,
                },
                told = self.outgoing.next(), if may_tell => match told {
                    Some(Ok(told)) => self.take(told),
                    Some(Err(error)) => {
                        tracing::warn!(%error, "a socket can no longer follow the feed");
                        self.answer_problem(&error.into(), None, None);
                        return End::SentAway;
                    }
                    None => return End::Over,
                },
                news = self.news.recv(), if may_tell => {
                    // What was missed were hints.
                    if let Ok(news) = news && self.scope.covers(news.session, news.workflow_id.as_deref()) {
                        self.held.push_back(news.frame.clone());
                    }
                }
                () = sleep(RETRY), if !may_tell => {
                    if self.is_stuck() {
                        return End::SentAway;
                    }
                }
            }
        }
    }

    fn is_stuck(&mut self) -> bool {
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
        while let Some(frame) = self.held.front() {
            if !self.flow.has_room() {
                return Ok(());
            }
            match self.socket.emit(frame.name, &*frame.body) {
                Ok(()) => {
                    self.flow.give(frame.body.get().len() + frame.name.len());
                    self.held.pop_front();
                }
                Err(SendError::Socket(SocketError::InternalChannelFull)) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn tell(&mut self, name: &'static str, body: &Value) {
        self.held.push_back(Frame::of(name, body));
    }

    /// Encodes what is told, if this client is to be told.
    fn take(&mut self, told: Told) {
        let locale = self.server.options.default_locale;
        match told {
            Told::Review(stored) => {
                if stored.cursor > self.start {
                    self.told.insert(stored.session.id());
                }
                self.held.push_back(Frame::review(&stored.session, &stored.cursor.0, locale));
            }
            Told::Change(item) => {
                let frames = item.once(|item| Frames::of(item, locale));
                let id = item.session.id();
                // Before the session's own events, as whoever asked may leave at once.
                if frames.answer.is_some() && self.asked.remove(&id) {
                    self.held.extend(frames.answer.clone());
                    self.server.app.picked_up(id);
                }
                let opened = matches!(item.change, Change::Opened(_));
                let repeated = opened && self.told.remove(&id);
                if self.covers(&item.session) {
                    self.held.extend(frames.all.iter().cloned());
                    if !repeated {
                        self.held.extend(frames.review.clone());
                    }
                }
            }
        }
    }

    fn covers(&self, session: &Session) -> bool {
        self.scope.covers(session.id(), session.opened.workflow_id.as_deref())
    }

    /// Does what the client says. What only looks is done at once, so that it stays in order.
    async fn hear(&mut self, said: Said) {
        let (name, payload) = said.read();
        metrics::counter!("askwell_socket_events_total").increment(1);
        let payload = match payload {
            Ok(payload) => payload,
            Err(problem) => return self.answer_problem(&problem, None, said.ack),
        };
        match name.as_str() {
            names::JOIN_SESSION => self.join(&payload, said.ack).await,
            names::LEAVE_SESSION => self.leave(&payload, said.ack),
            names::SUBSCRIBE => self.subscribe(payload, said.ack).await,
            names::VIEWING => self.viewing(payload, said.ack).await,
            names::RESPOND => self.beside(said.ack, |server, who, ack| async move {
                Done::Reply(inbound::respond(&server, &who, payload).await, ack)
            }),
            names::CANCEL => self.beside(said.ack, |server, who, ack| async move {
                Done::Reply(inbound::cancel(&server, &who, payload).await, ack)
            }),
            names::HITL_REQUEST => self.beside(said.ack, |server, who, ack| async move {
                let name = payload["request_id"].clone();
                Done::Asked(inbound::ask(&server, &who, payload).await, name, ack)
            }),
            names::HITL_RESPONSE => self.beside(said.ack, |server, who, ack| async move {
                let name = payload["request_id"].clone();
                Done::Answered(inbound::answer(&server, &who, payload).await, name, ack)
            }),
            _ => {
                let shown: String = name.chars().take(100).collect();
                self.answer_problem(&Problem::new(Code::UnknownEvent).with("name", shown), None, said.ack);
            }
        }
    }

    fn beside<F: Future<Output = Done> + Send + 'static>(
        &mut self,
        ack: Option<AckSender>,
        work: impl FnOnce(Server, Identity, Option<AckSender>) -> F,
    ) {
        self.running.push(Box::pin(work(self.server.clone(), self.who.clone(), ack)));
    }

    fn finish(&mut self, done: Done) {
        match done {
            Done::Reply(reply, ack) => self.answer(reply, None, ack),
            Done::Answered(Ok(reply), _, ack) => self.answer(Ok(reply), None, ack),
            // The second protocol has no acknowledgements: its clients listen for errors.
            Done::Answered(Err(problem), name, ack) | Done::Asked(Err(problem), name, ack) => {
                if ack.is_some() {
                    self.tell_error(&problem, Some(&name));
                }
                self.answer_problem(&problem, Some(&name), ack);
            }
            Done::Asked(Ok((reply, opened)), name, ack) => {
                let stored = &opened.stored;
                let id = stored.session.id();
                if self.asked.len() >= MAX_ASKED && !self.asked.contains(&id) {
                    return self.answer_problem(&Problem::new(Code::TooManyRequests), Some(&name), ack);
                }
                self.asked.insert(id);
                if opened.repeated && !stored.session.status.is_closed() {
                    let locale = self.server.options.default_locale;
                    let frame = Frame::review(&stored.session, &stored.cursor.0, locale);
                    self.server.hub.repeat_review(&stored.session, frame);
                }
                self.answer(reply, Some(&name), ack);
                // It may have been answered before this client was noted as waiting for it.
                let (server, who) = (self.server.clone(), self.who.clone());
                self.running.push(Box::pin(async move { Done::Stands(server.app.get(&who.caller, id).await.ok()) }));
            }
            Done::Stands(Some(stored)) => {
                let locale = self.server.options.default_locale;
                if let Some(frame) = Frame::answer(&stored.session, &stored.cursor.0, locale)
                    && self.asked.remove(&stored.session.id())
                {
                    self.held.push_back(frame);
                    self.server.app.picked_up(stored.session.id());
                }
            }
            Done::Stands(None) => {}
        }
    }

    async fn join(&mut self, payload: &Value, ack: Option<AckSender>) {
        let joined = match inbound::session_of(payload) {
            Ok(id) => self.server.app.get(&self.who.caller, id).await.map(|_| id).map_err(Problem::from),
            Err(problem) => Err(problem),
        };
        let joined = joined.and_then(|id| {
            if self.scope.join(id) { Ok(id) } else { Err(Problem::new(Code::TooManyRequests)) }
        });
        self.answer_room(names::JOINED_SESSION, joined, ack);
    }

    fn leave(&mut self, payload: &Value, ack: Option<AckSender>) {
        let left = inbound::session_of(payload);
        if let Ok(id) = &left {
            self.scope.leave(*id);
        }
        self.answer_room(names::LEFT_SESSION, left, ack);
    }

    fn answer_room(&mut self, name: &'static str, id: Result<SessionId, Problem>, ack: Option<AckSender>) {
        match id {
            Ok(id) => {
                self.tell(name, &json!({ "session_id": id }));
                self.answer(inbound::encoded(&json!({ "success": true, "session_id": id })), None, ack);
            }
            Err(problem) => self.answer_problem(&problem, None, ack),
        }
    }

    async fn subscribe(&mut self, payload: Value, ack: Option<AckSender>) {
        let (after, workflow_id) = match inbound::subscription(payload) {
            Ok(wanted) => wanted,
            Err(problem) => return self.answer_problem(&problem, None, ack),
        };
        if let Some(after) = after {
            let after = if after == "latest" { After::Latest } else { After::Cursor(after) };
            match self.server.app.follow(&self.who.caller, after).await {
                Ok(following) => {
                    self.start = following.start;
                    self.told.clear();
                    self.outgoing = Box::pin(following.items.map(|item| item.map(Told::Change)));
                }
                Err(error) => return self.answer_problem(&error.into(), None, ack),
            }
        }
        self.scope.workflow_id = workflow_id;
        let reply = inbound::encoded(&json!({ "success": true, "cursor": self.start.0 }));
        self.answer(reply, None, ack);
    }

    async fn viewing(&mut self, payload: Value, ack: Option<AckSender>) {
        let (session, name) = match inbound::look(payload) {
            Ok(looked) => looked,
            Err(problem) => return self.answer_problem(&problem, None, ack),
        };
        let seen = match session {
            Some(id) => match self.server.app.get(&self.who.caller, id).await {
                Ok(stored) => Some(stored.session),
                Err(error) => return self.answer_problem(&error.into(), None, ack),
            },
            None => None,
        };
        self.look(seen.as_ref(), name.as_deref());
        self.answer(inbound::encoded(&json!({ "success": true })), None, ack);
    }

    /// Looks at another session, or at none, and lets everybody know.
    fn look(&mut self, session: Option<&Session>, name: Option<&str>) {
        let hub = Arc::clone(&self.server.hub);
        let now_at = session.map(Session::id);
        if let Some(before) = self.looks_at.take_if(|before| Some(*before) != now_at) {
            hub.presence.look_away(self.socket.id, before);
            tell_presence(&hub, before);
        }
        if let Some(id) = now_at {
            let person = self.who.caller.person(name);
            hub.presence.look(self.socket.id, id, person.id, self.server.app.now());
            self.looks_at = Some(id);
            tell_presence(&hub, id);
        }
    }

    fn answer(&mut self, reply: Reply, name: Option<&Value>, ack: Option<AckSender>) {
        match reply {
            Ok(body) => self.acknowledge(&body, ack),
            Err(problem) => self.answer_problem(&problem, name, ack),
        }
    }

    fn acknowledge(&mut self, body: &RawValue, ack: Option<AckSender>) {
        let Some(ack) = ack else { return };
        self.flow.give(body.get().len());
        if let Err(error) = ack.send(body) {
            tracing::debug!(%error, "an acknowledgement could not be given");
        }
    }

    /// A problem goes where an answer is awaited, else as an event.
    fn answer_problem(&mut self, problem: &Problem, name: Option<&Value>, ack: Option<AckSender>) {
        if ack.is_none() {
            return self.tell_error(problem, name);
        }
        if let Some(reason) = problem.log() {
            tracing::error!(request_id = self.who.caller.request_id, reason, "an event failed");
        }
        let told = problem.among(&self.place());
        if let Ok(body) = inbound::encoded(&told) {
            self.acknowledge(&body, ack);
        }
    }

    fn tell_error(&mut self, problem: &Problem, name: Option<&Value>) {
        let told = problem.among(&self.place());
        let name = name.filter(|name| name.is_string() || name.is_number());
        self.tell(names::HITL_ERROR, &inbound::hitl_error(&told, name));
    }

    fn place(&self) -> Place<'_> {
        Place {
            locale: self.who.locale,
            request_id: &self.who.caller.request_id,
            base_url: self.server.options.base_url(),
            status: None,
        }
    }
}

fn tell_presence(hub: &Hub, session: SessionId) {
    let frame = Frame::of(names::PRESENCE, &hub.presence.of(session));
    hub.tell(News { session, workflow_id: None, frame });
}

/// All open reviews, oldest first, page by page.
fn open_reviews(server: Server, who: Identity) -> impl Stream<Item = Result<Told, AppError>> + Send {
    let first = Some(None);
    futures::stream::try_unfold(first, move |place| {
        let (server, who) = (server.clone(), who.clone());
        async move {
            let Some(after) = place else { return Ok(None) };
            let (reviews, next) = server.app.open_reviews(&who.caller, after).await?;
            Ok(Some((reviews, next.map(Some))))
        }
    })
    .map(|page: Result<Vec<StoredSession>, AppError>| match page {
        Ok(reviews) => futures::stream::iter(reviews.into_iter().map(|one| Ok(Told::Review(Box::new(one)))).collect::<Vec<_>>()),
        Err(error) => futures::stream::iter(vec![Err(error)]),
    })
    .flatten()
}
