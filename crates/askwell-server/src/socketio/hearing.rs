//! What one client says, and what comes of it.
//!
//! Invariant: a review's outcome is told once to whoever asked, whether it comes
//! before or after it is noted that this client waits for it. What changes a
//! session goes on beside the conversation, as it waits for the disk.

use std::sync::Arc;

use askwell_app::ports::StoredSession;
use askwell_app::{AppError, Opened};
use askwell_core::Session;
use askwell_core::ids::SessionId;
use serde_json::{Value, json};
use socketioxide::extract::AckSender;

use super::conversation::Conversation;
use super::hub::{Hub, News};
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

/// Something that went on beside the conversation and is over.
pub(super) enum Done {
    /// An answer or a cancellation.
    Reply(Reply, Option<AckSender>),
    /// A review was asked for under a name.
    Asked(Result<Asked, Problem>, Value, Option<AckSender>),
    /// A review was answered by its name.
    Answered(Reply, Value, Option<AckSender>),
    /// How a review stands, looked at after it was noted that its outcome is waited for.
    Stands(Option<Box<StoredSession>>),
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

    pub(super) fn finish(&mut self, done: Done) {
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
            Done::Asked(Ok(Asked { reply, opened }), name, ack) => self.await_outcome(reply, &opened, &name, ack),
            Done::Stands(Some(stored)) => {
                let locale = self.server.options.default_locale;
                if let Some(frame) = Frame::answer(&stored.session, &stored.cursor.0, locale)
                    && self.asked.remove(&stored.session.id())
                {
                    self.hold([&frame]);
                    self.server.app.picked_up(stored.session.id());
                }
            }
            Done::Stands(None) => {}
        }
    }

    /// Notes that this client waits for the outcome of a review.
    fn await_outcome(&mut self, reply: Reply, opened: &Opened, name: &Value, ack: Option<AckSender>) {
        let stored = &opened.stored;
        let id = stored.session.id();
        if self.asked.len() >= MAX_ASKED && !self.asked.contains(&id) {
            return self.answer_problem(&Problem::new(Code::TooManyRequests), Some(name), ack);
        }
        self.asked.insert(id);
        if opened.repeated {
            self.server.hub.repeat_review(stored, self.server.options.default_locale);
        }
        self.answer(reply, Some(name), ack);
        // It may have been answered before this client was noted as waiting for it.
        let (server, who) = (self.server.clone(), self.who.clone());
        self.running
            .push(Box::pin(async move { Done::Stands(server.app.get(&who.caller, id).await.ok().map(Box::new)) }));
    }

    async fn join(&mut self, payload: &Value, ack: Option<AckSender>) {
        let joined = match inbound::session_of(payload) {
            Ok(id) => self.server.app.get(&self.who.caller, id).await.map(|_| id).map_err(Problem::from),
            Err(problem) => Err(problem),
        };
        let joined =
            joined.and_then(|id| if self.scope.join(id) { Ok(id) } else { Err(Problem::new(Code::TooManyRequests)) });
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
            "latest" => Source::live(&self.server, &self.who, false).await?,
            _ => Source::after(&self.server, &self.who, after).await?,
        };
        self.start = self.source.place().clone();
        self.told.clear();
        Ok(())
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
    pub(super) fn look(&mut self, session: Option<&Session>, name: Option<&str>) {
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
}

fn tell_presence(hub: &Hub, session: SessionId) {
    let frame = Frame::of(names::PRESENCE, &hub.presence.of(session));
    hub.tell(News { session, workflow_id: None, frame });
}
