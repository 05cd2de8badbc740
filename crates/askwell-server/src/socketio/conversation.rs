//! One connected client, from its first event to its last.
//!
//! Job: tell it every change that it may see, in the order of the feed, as fast
//! as it takes them; hear what it says, in its order. Invariants: nothing is
//! told that is not committed; what waits for it in memory is bounded, as what
//! it cannot take stays in the feed; a review's outcome is told once to whoever
//! asked. Neighbours: `hearing` does what it says, `answering` acknowledges,
//! `outbound` makes what it is told, `flow` knows what it has taken.

use std::collections::{HashSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{Cursor, StoredSession};
use askwell_app::{After, AppError, FeedItem};
use askwell_core::ids::SessionId;
use askwell_core::{Change, Session};
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, Stream, StreamExt as _};
use serde_json::{Value, json};
use socketioxide::extract::SocketRef;
use socketioxide::{SendError, SocketError};
use tokio::sync::broadcast;
use tokio::time::{Instant, sleep};

use super::flow::Flow;
use super::hearing::Done;
use super::hub::News;
use super::inbox::{Inbox, Next};
use super::names;
use super::outbound::{Frame, Frames};
use super::pace::{Pace, Verdict};
use super::scope::Scope;
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::problem::{Code, Problem};

/// Changes of one client that may wait for the disk at once.
const MAX_RUNNING: usize = 64;

/// How soon a client that had no room is looked at again.
const RETRY: Duration = Duration::from_millis(20);

/// How long a client may take nothing of what waits for it.
const STUCK: Duration = Duration::from_secs(10);

/// What is told, before it is encoded.
pub(super) enum Told {
    /// A review that was open already when the client came.
    Review(Box<StoredSession>),
    /// A change.
    Change(Arc<FeedItem>),
}

pub(super) type Outgoing = Pin<Box<dyn Stream<Item = Result<Told, AppError>> + Send>>;

/// Why a conversation ends.
enum End {
    /// The client is gone, or the server stops.
    Over,
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
    pub(super) outgoing: Outgoing,
    /// Encoded and not yet given.
    pub(super) held: VecDeque<Frame>,
    pub(super) scope: Scope,
    pub(super) asked: HashSet<SessionId>,
    /// Reviews told as open whose opening the feed will tell again.
    pub(super) told: HashSet<SessionId>,
    pub(super) start: Cursor,
    pub(super) looks_at: Option<SessionId>,
    pub(super) running: FuturesUnordered<BoxFuture<'static, Done>>,
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

    pub(super) fn tell(&mut self, name: &'static str, body: &Value) {
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
        Ok(reviews) => {
            futures::stream::iter(reviews.into_iter().map(|one| Ok(Told::Review(Box::new(one)))).collect::<Vec<_>>())
        }
        Err(error) => futures::stream::iter(vec![Err(error)]),
    })
    .flatten()
}
