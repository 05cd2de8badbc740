//! What one client says, and what comes of it.
//!
//! Invariant: a review's outcome is told once to whoever asked, whether it comes
//! before or after it is noted that this client waits for it. What changes a
//! session goes on beside the conversation, as it waits for the disk.

use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::StoredSession;
use askwell_app::{AppError, Opened};
use askwell_core::Session;
use askwell_core::ids::SessionId;
use serde_json::{Value, json};
use socketioxide::extract::AckSender;

use super::conversation::{Conversation, Packet};
use super::inbound::{self, Asked, Reply};
use super::inbox::Said;
use super::names;
use super::outbound::Frame;
use super::source::Source;
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::problem::{Code, Problem};

/// Reviews whose outcome one client may wait for.
const MAX_ASKED: usize = 10_000;

/// How soon a look that failed is tried again.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Something that went on beside the conversation and is over.
pub(super) enum Done {
    /// An answer or a cancellation.
    Reply(Reply, Option<AckSender>),
    /// A review was asked for under a name.
    Asked(Result<Asked, Problem>, Value, Option<AckSender>),
    /// A review was answered by its name.
    Answered(Reply, Value, Option<AckSender>),
    /// Reviews that are closed, looked at after it was noted that their outcome is waited for.
    Closed(Vec<StoredSession>),
}

impl Conversation {
    /// Does what the client says. What only looks is done at once, so that it stays in order.
    pub(super) async fn hear(&mut self, said: Said) {
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
            names::HITL_REQUEST if self.asked.len() + self.asking >= MAX_ASKED => {
                self.answer_problem(&Problem::new(Code::TooManyRequests), payload.get("request_id"), said.ack);
            }
            names::HITL_REQUEST => self.ask(said.ack, payload),
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

    fn ask(&mut self, ack: Option<AckSender>, payload: Value) {
        self.asking += 1;
        self.beside(ack, |server, who, ack| async move {
            let name = payload["request_id"].clone();
            Done::Asked(inbound::ask(&server, &who, payload).await, name, ack)
        });
    }

    fn beside<F: Future<Output = Done> + Send + 'static>(
        &mut self,
        ack: Option<AckSender>,
        work: impl FnOnce(Server, Identity, Option<AckSender>) -> F,
    ) {
        self.running.push(Box::pin(work(self.shared.server.clone(), self.who.clone(), ack)));
    }

    pub(super) fn finish(&mut self, done: Done) {
        match done {
            Done::Reply(reply, ack) => self.answer(reply, None, ack),
            Done::Answered(Ok(reply), _, ack) => self.answer(Ok(reply), None, ack),
            // The second protocol has no acknowledgements: its clients listen for errors.
            Done::Answered(Err(problem), name, ack) => self.answer_both(&problem, &name, ack),
            Done::Asked(Err(problem), name, ack) => {
                self.asking -= 1;
                self.answer_both(&problem, &name, ack);
            }
            Done::Asked(Ok(Asked { reply, opened }), name, ack) => self.await_outcome(reply, &opened, &name, ack),
            Done::Closed(reviews) => reviews.iter().for_each(|stored| self.tell_outcome(stored)),
        }
    }

    fn answer_both(&mut self, problem: &Problem, name: &Value, ack: Option<AckSender>) {
        if ack.is_some() {
            self.tell_error(problem, Some(name));
        }
        self.answer_problem(problem, Some(name), ack);
    }

    /// Notes that this client waits for the outcome of a review.
    fn await_outcome(&mut self, reply: Reply, opened: &Opened, name: &Value, ack: Option<AckSender>) {
        self.asking -= 1;
        let id = opened.stored.session.id();
        self.asked.insert(id, self.shared.server.app.awaiting(id));
        self.answer(reply, Some(name), ack);
        if opened.stored.session.status.is_closed() {
            self.tell_outcome(&opened.stored);
        } else {
            self.look_at(vec![opened.stored.session.id()]);
        }
    }

    /// Tells the outcome of a review that this client still waits for.
    fn tell_outcome(&mut self, stored: &StoredSession) {
        let id = stored.session.id();
        // Told beside the feed, so it must not say that the client is further than it is.
        let frame = Frame::answer(&stored.session, &self.source.place().0, self.shared.server.options.default_locale);
        if let Some(frame) = frame
            && self.asked.remove(&id).is_some()
        {
            self.hold(Packet::Outcome(frame, id));
        }
    }

    /// Looks whether reviews are closed already: the feed tells only what comes after this client's place in it.
    fn look_at(&mut self, reviews: Vec<SessionId>) {
        let (app, who) = (self.shared.server.app.clone(), self.who.clone());
        self.running.push(Box::pin(async move {
            let mut closed = Vec::new();
            for id in reviews {
                // Without a look the outcome could be missed for good.
                let stored = loop {
                    match app.get(&who.caller, id).await {
                        Ok(stored) => break Some(stored),
                        Err(AppError::NotFound(_) | AppError::Forbidden) => break None,
                        Err(_) => tokio::time::sleep(LOOK_AGAIN).await,
                    }
                };
                closed.extend(stored.filter(|stored| stored.session.status.is_closed()));
            }
            Done::Closed(closed)
        }));
    }

    async fn join(&mut self, payload: &Value, ack: Option<AckSender>) {
        let joined = match inbound::session_of(payload) {
            Ok(id) => self.shared.server.app.get(&self.who.caller, id).await.map(|_| id).map_err(Problem::from),
            Err(problem) => Err(problem),
        };
        let joined = joined.and_then(|id| {
            if self.scope.join(id, &self.shared.server.app) { Ok(id) } else { Err(Problem::new(Code::TooManyRequests)) }
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
        if let Some(after) = after
            && let Err(error) = self.go_on_after(after).await
        {
            return self.answer_problem(&error.into(), None, ack);
        }
        self.scope.workflow_id = workflow_id;
        let reply = inbound::encoded(&json!({ "success": true, "cursor": self.source.place().0 }));
        self.answer(reply, None, ack);
    }

    async fn go_on_after(&mut self, after: String) -> Result<(), AppError> {
        self.source = match after.as_str() {
            "latest" => Source::live(&self.shared.server, &self.who, false).await?,
            _ => Source::after(&self.shared.server, &self.who, after).await?,
        };
        self.start = self.source.place().clone();
        self.told.clear();
        // What closed between the old place and the new one is not told by the feed.
        let asked: Vec<SessionId> = self.asked.keys().copied().collect();
        if !asked.is_empty() {
            self.look_at(asked);
        }
        Ok(())
    }

    async fn viewing(&mut self, payload: Value, ack: Option<AckSender>) {
        let (session, name) = match inbound::look(payload) {
            Ok(looked) => looked,
            Err(problem) => return self.answer_problem(&problem, None, ack),
        };
        let seen = match session {
            Some(id) => match self.shared.server.app.get(&self.who.caller, id).await {
                Ok(stored) => Some(Arc::new(stored.session)),
                Err(error) => return self.answer_problem(&error.into(), None, ack),
            },
            None => None,
        };
        self.look(seen, name.as_deref());
        self.answer(inbound::encoded(&json!({ "success": true })), None, ack);
    }

    /// Looks at another session, or at none, and lets everybody know.
    pub(super) fn look(&mut self, session: Option<Arc<Session>>, name: Option<&str>) {
        let hub = Arc::clone(&self.shared.hub);
        let now_at = session.as_ref().map(|session| session.id());
        if let Some(before) = self.looks_at.take_if(|before| Some(before.id()) != now_at)
            && let Some(before) = hub.presence.look_away(self.socket.id, before.id())
        {
            hub.tell_presence(before);
        }
        if let Some(session) = session {
            let person = self.who.caller.person(name);
            if hub.presence.look(self.socket.id, &session, person.id, self.shared.server.app.now()) {
                hub.tell_presence(Arc::clone(&session));
            }
            self.looks_at = Some(session);
        }
    }
}
