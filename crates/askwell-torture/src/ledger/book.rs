//! One entry of the books: a session, from the first try to open it.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::clients::Refusal;

/// What a client asks for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The idempotency key; in the title and in every answer, too, so that nothing can be mistaken for another's.
    pub(crate) key: String,
    /// The body of the create.
    pub(crate) body: Value,
    /// The deadline, from the create.
    pub(crate) timeout: Duration,
}

/// What a client does to a session.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deed {
    /// Answers it.
    Answer {
        /// As whom.
        user: String,
        /// With what: the kind's answer, as it will be stored.
        response: Value,
    },
    /// Cancels it.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Looks at it.
    Read,
}

/// What a client was told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Told {
    /// Nothing, or nothing that says whether it happened.
    Nothing,
    /// A 2xx, with the session as it then was.
    Done(Value),
    /// A 4xx with this code: it did not happen.
    Refused(String, String),
}

/// One try.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    /// What.
    pub(crate) deed: Deed,
    /// When it was about to be sent.
    pub(crate) sent: Instant,
    /// What came of it.
    pub(crate) told: Told,
    /// When that came.
    pub(crate) at: Option<Instant>,
}

impl Act {
    /// Notes a reply.
    pub(crate) fn hear(&mut self, reply: &Result<Value, Refusal>) {
        self.told = match reply {
            Ok(session) => Told::Done(session.clone()),
            Err(Refusal::Told(400..500, code, detail)) => Told::Refused(code.clone(), detail.clone()),
            Err(_) => return,
        };
        self.at = Some(Instant::now());
    }
}

/// An upload that was acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    /// Its id.
    pub(crate) file_id: String,
    /// Of what was sent, lower-case hex; computed by the client.
    pub(crate) sha256: String,
}

/// An outcome that came to somebody who waits or listens.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// Who heard: `waiter`, `socket`.
    pub(crate) by: &'static str,
    /// The session as they were told.
    pub(crate) session: Value,
    /// When.
    pub(crate) at: Instant,
}

/// A session in the books.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// What was asked.
    pub(crate) asked: Asked,
    /// When the create was first about to be sent.
    pub(crate) sent: Instant,
    /// The session's id, once a create was acknowledged.
    pub(crate) session: Option<String>,
    /// Other ids that a repeated create gave. There must be none.
    pub(crate) twins: Vec<String>,
    /// What was tried on it.
    pub(crate) acts: Vec<Act>,
    /// Uploads that were acknowledged.
    pub(crate) uploads: Vec<Upload>,
}

impl Entry {
    /// One that is not acknowledged yet.
    pub(crate) fn new(asked: Asked) -> Self {
        Self { asked, sent: Instant::now(), session: None, twins: Vec::new(), acts: Vec::new(), uploads: Vec::new() }
    }

    /// How it is named to who reads a violation.
    pub(crate) fn name(&self) -> String {
        format!("{} (key {})", self.session.as_deref().unwrap_or("unacknowledged"), self.asked.key)
    }

    /// Notes that a create was acknowledged; whether that is news.
    pub(crate) fn opened(&mut self, session: &Value) -> bool {
        let id = session["session_id"].as_str().unwrap_or_default().to_owned();
        match &self.session {
            None => {
                self.session = Some(id);
                return true;
            }
            Some(known) if *known == id => {}
            Some(_) => self.twins.push(id),
        }
        false
    }
}
