//! Sessions, commits and deliveries to test with.

use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{Commit, FileRow, IdempotencyKey, Lane, NewDelivery};
use askwell_core::access::Person;
use askwell_core::audit::{AuditEntry, Verdict};
use askwell_core::digest::ContentHash;
use askwell_core::ids::{DeliveryId, FileId, SessionId, Version};
use askwell_core::interaction::NormalForm;
use askwell_core::now::Deadline;
use askwell_core::session::{CLAIM_HOLD, Change, Claim, OnTimeout, Opened, Priority, Response, Source};
use askwell_core::{Event, Now, Session};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A person whose credential was checked.
#[must_use]
pub fn person(id: &str) -> Person {
    Person { id: id.to_owned(), verified: true }
}

/// A question to open, put together by hand: it need not be one that a draft could make.
#[derive(Clone, Debug)]
pub struct Question {
    interaction: Value,
    opened: Opened,
}

impl Question {
    /// A confirmation that is due an hour after `now`.
    #[must_use]
    pub fn new(id: SessionId, now: &Now) -> Self {
        let interaction = json!({
            "interaction_type": "confirmation",
            "title": "Deploy 2.4.0?",
            "message": "All checks have passed.",
        });
        let opened = Opened {
            id,
            interaction: NormalForm::from(&interaction),
            request_id: None,
            workflow_id: None,
            callback_url: None,
            on_timeout: OnTimeout::Expire,
            metadata: None,
            tags: Vec::new(),
            priority: Priority::Normal,
            risk: None,
            assignee: None,
            candidates: Vec::new(),
            step_up: None,
            asked_as: None,
            extendable: None,
            requester: person("ci"),
            requester_token: None,
            on_behalf_of: None,
            content_hash: ContentHash("00".repeat(32)),
            at: now.wall,
            deadline: Deadline::after(now, Duration::from_hours(1)),
        };
        Self { interaction, opened }
    }

    /// Of another kind.
    #[must_use]
    pub fn kind(mut self, kind: &str) -> Self {
        self.interaction["interaction_type"] = kind.into();
        self
    }

    /// With other words.
    #[must_use]
    pub fn words(mut self, title: &str, message: &str) -> Self {
        self.interaction["title"] = title.into();
        self.interaction["message"] = message.into();
        self
    }

    /// An attempt at a node.
    #[must_use]
    pub fn node(mut self, node: &str) -> Self {
        self.interaction["node_id"] = node.into();
        self
    }

    /// Under a name of the requester's own.
    #[must_use]
    pub fn request_id(mut self, name: &str) -> Self {
        self.opened.request_id = Some(name.to_owned());
        self
    }

    /// Asked by a workflow.
    #[must_use]
    pub fn workflow(mut self, workflow: &str) -> Self {
        self.opened.workflow_id = Some(workflow.to_owned());
        self
    }

    /// Asked of somebody.
    #[must_use]
    pub fn assignee(mut self, assignee: &str) -> Self {
        self.opened.assignee = Some(assignee.to_owned());
        self
    }

    /// Asked by somebody with an account.
    #[must_use]
    pub fn requester(mut self, login: &str) -> Self {
        self.opened.requester = askwell_core::access::Person { id: login.to_owned(), verified: true };
        self
    }

    /// Asked by somebody who only says so.
    #[must_use]
    pub fn claimed_requester(mut self, name: &str) -> Self {
        self.opened.requester = Person { id: name.to_owned(), verified: false };
        self
    }

    /// Asked for somebody else.
    #[must_use]
    pub fn on_behalf_of(mut self, login: &str) -> Self {
        self.opened.on_behalf_of = Some(login.to_owned());
        self
    }

    /// Somebody else, or a group, may answer, too.
    #[must_use]
    pub fn candidate(mut self, candidate: &str) -> Self {
        self.opened.candidates.push(candidate.to_owned());
        self
    }

    /// With one more label.
    #[must_use]
    pub fn tag(mut self, tag: &str) -> Self {
        self.opened.tags.push(tag.to_owned());
        self
    }

    /// With another deadline: so long after `now`.
    #[must_use]
    pub fn timeout(mut self, now: &Now, timeout: Duration) -> Self {
        self.opened.deadline = Deadline::after(now, timeout);
        self
    }

    /// The commit that opens it.
    #[must_use]
    pub fn open(self) -> Commit {
        let at = self.opened.at;
        let opened = Arc::new(Opened { interaction: NormalForm::from(&self.interaction), ..self.opened });
        Commit {
            expected: Version::NONE,
            session: Session::from_opened(Arc::clone(&opened)),
            events: vec![Event { at, change: Change::Opened(opened) }],
            deliveries: Vec::new(),
            idempotency: None,
            files: Vec::new(),
            standing: None,
            audit: None,
            lane: Lane::Open,
        }
    }
}

/// The commit that makes `changes` happen to `session`.
#[must_use]
pub fn then(session: &Session, now: &Now, changes: impl IntoIterator<Item = Change>) -> Commit {
    let events: Vec<_> = changes.into_iter().map(|change| Event { at: now.wall, change }).collect();
    Commit {
        expected: session.version,
        session: events.iter().fold(session.clone(), askwell_core::Session::apply),
        events,
        deliveries: Vec::new(),
        idempotency: None,
        files: Vec::new(),
        standing: None,
        audit: None,
        lane: Lane::Decide,
    }
}

/// The same commit under a key.
#[must_use]
pub fn keyed(commit: Commit, key: &str, body: u8) -> Commit {
    let key = IdempotencyKey { principal: "local".to_owned(), key: key.to_owned() };
    Commit { idempotency: Some((key, [body; 32])), ..commit }
}

/// The same commit, with what the audit says of its last event.
#[must_use]
pub fn audited(commit: Commit) -> Commit {
    let said = commit.events.last().map(|event| AuditEntry {
        session: Some(commit.session.id()),
        version: Some(commit.session.version),
        ..entry(&format!("session.{}", event.change.name()), event.at)
    });
    Commit { audit: said, ..commit }
}

/// What the audit says of an act of somebody's.
#[must_use]
pub fn entry(action: &str, at: Timestamp) -> AuditEntry {
    AuditEntry {
        at,
        action: action.to_owned(),
        verdict: Verdict::Done,
        actor: "user:mei".to_owned(),
        on_behalf_of: None,
        method: Some("password".to_owned()),
        credential: None,
        address: Some("192.0.2.7".to_owned()),
        request_id: Some("req-1".to_owned()),
        session: None,
        version: None,
        content_hash: None,
        subject: None,
        detail: serde_json::Map::new(),
    }
}

/// The same commit, owing a callback to `endpoint`.
#[must_use]
pub fn owing(commit: Commit, id: DeliveryId, endpoint: &str) -> Commit {
    let delivery = NewDelivery {
        id,
        url: format!("{endpoint}/hook"),
        endpoint: endpoint.to_owned(),
        version: commit.session.version,
        body: json!({ "session_id": commit.session.id() }).to_string(),
        at: commit.session.updated_at,
    };
    let mut commit = commit;
    commit.deliveries.push(delivery);
    commit
}

/// Somebody answers.
#[must_use]
pub fn answered(by: &str, data: Value, now: &Now) -> Change {
    let response = Response {
        data,
        at: now.wall,
        by: Some(person(by)),
        source: Source::Person,
        comment: None,
        files: Vec::new(),
        assertion: None,
    };
    Change::Answered { response }
}

/// Somebody claims.
#[must_use]
pub fn claimed(by: &str, now: &Now) -> Change {
    let claim = Claim { by: person(by), since: now.wall, lapses: Deadline::after(now, CLAIM_HOLD) };
    Change::Claimed { claim, over: None }
}

/// Somebody cancels.
#[must_use]
pub fn cancelled(by: &str) -> Change {
    Change::Cancelled { by: person(by), reason: "no longer needed".to_owned() }
}

/// An upload of `size` bytes.
#[must_use]
pub fn file(id: FileId, session: SessionId, size: u64, at: Timestamp) -> FileRow {
    FileRow {
        id,
        session,
        name: "plan.pdf".to_owned(),
        size,
        content_type: "application/pdf".to_owned(),
        sha256: "ab".repeat(32),
        created_at: at,
        answered: false,
    }
}

/// Room for so many files of a session, and for a gigabyte of all.
pub fn room(per_session: usize) -> askwell_app::ports::FileRoom {
    askwell_app::ports::FileRoom { per_session, total: 1 << 30 }
}
