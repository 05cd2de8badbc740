//! Acknowledgements and errors, as one client gets them.

use serde_json::Value;
use serde_json::value::RawValue;
use socketioxide::extract::AckSender;

use super::conversation::{Conversation, Packet};
use super::inbound::{self, Reply};
use super::names;
use crate::wire::problem::{Place, Problem};

/// Characters of a name that an error repeats; a longer one is left out.
const MAX_NAME: usize = 255;

impl Conversation {
    /// Acknowledges with a body or a problem.
    pub(super) fn answer(&mut self, reply: Reply, name: Option<&Value>, ack: Option<AckSender>) {
        match reply {
            Ok(body) => self.acknowledge(body, ack),
            Err(problem) => self.answer_problem(&problem, name, ack),
        }
    }

    fn acknowledge(&mut self, body: Box<RawValue>, ack: Option<AckSender>) {
        if let Some(ack) = ack {
            self.hold(Packet::Acknowledgement(ack, body));
        }
    }

    /// A problem goes where an answer is awaited, else as an event.
    pub(super) fn answer_problem(&mut self, problem: &Problem, name: Option<&Value>, ack: Option<AckSender>) {
        problem.report(&self.who.caller.request_id);
        if ack.is_none() {
            return self.tell_error(problem, name);
        }
        let told = problem.among(&self.place());
        if let Ok(body) = inbound::encoded(&told) {
            self.acknowledge(body, ack);
        }
    }

    /// Tells a problem as an event.
    pub(super) fn tell_error(&mut self, problem: &Problem, name: Option<&Value>) {
        let told = problem.among(&self.place());
        let repeats = |name: &&Value| name.is_number() || name.as_str().is_some_and(|text| text.len() <= MAX_NAME);
        self.tell(names::HITL_ERROR, &inbound::hitl_error(&told, name.filter(repeats)));
    }

    fn place(&self) -> Place<'_> {
        Place {
            locale: self.who.locale,
            request_id: &self.who.caller.request_id,
            base_url: self.shared.server.options.base_url(),
            status: None,
        }
    }
}
