//! The people, and the sessions they meet.

use std::collections::HashMap;
use std::time::Duration;

use askwell_core::access::{Role, TokenScope};
use axum::http::Method;
use serde_json::{Value, json};

use super::table::{Naming, State, Who};
use crate::harness::Harness;
use crate::people::{Shows, add_silent, enter, token};

/// Stands in all that is written into sessions, and nowhere else.
pub(super) const MARKER: &str = "MARK7f3a";

/// A server with everybody on it.
pub(super) struct House {
    pub(super) server: Harness,
    shows: HashMap<Who, Shows>,
    /// Whoever had it first: the watcher.
    had: Shows,
}

/// A session, and whoever came to it by a link.
#[derive(Clone)]
pub(super) struct Subject {
    pub(super) id: String,
    pub(super) guest: Shows,
}

impl Subject {
    pub(super) fn path(&self) -> String {
        format!("/api/sessions/{}", self.id)
    }
}

/// A session that wants files, a review, and what belongs to the first.
#[derive(Clone)]
pub(super) struct Fixture {
    pub(super) main: Subject,
    pub(super) review: Subject,
    pub(super) files: [String; 2],
    pub(super) link: String,
    pub(super) content_hash: String,
}

impl House {
    pub(super) async fn new() -> Self {
        let server = Harness::with_accounts().await;
        let ask = [TokenScope::Create, TokenScope::Read];
        let mut shows = HashMap::new();
        for (who, login, groups, role) in [
            (Who::Owner, "ann", &[][..], Role::Member),
            (Who::Candidate, "bob", &[], Role::Member),
            (Who::Member, "cyd", &["ops"], Role::Member),
            (Who::Watcher, "dan", &[], Role::Member),
            (Who::Outsider, "eve", &["night"], Role::Member),
            (Who::Admin, "zoe", &[], Role::Admin),
        ] {
            shows.insert(who, enter(&server, login, groups, role).await);
        }
        shows.insert(Who::OwnToken, token(&server, "ann", &ask).await);
        shows.insert(Who::OtherToken, token(&server, "eve", &ask).await);
        shows.insert(Who::AdminToken, token(&server, "zoe", &[TokenScope::Admin]).await);
        shows.insert(Who::Nobody, Shows::Nothing);
        add_silent(&server, "gus").await;
        add_silent(&server, "hal").await;
        let had = shows[&Who::Watcher].clone();
        Self { server, shows, had }
    }

    /// What somebody shows; `guest` is who they are as guest.
    pub(super) fn shows(&self, who: Who, guest: &Subject) -> Shows {
        if who == Who::Guest { guest.guest.clone() } else { self.shows[&who].clone() }
    }

    /// What somebody shows who is no guest.
    pub(super) fn of(&self, who: Who) -> &Shows {
        &self.shows[&who]
    }

    /// A session that names somebody or nobody and stands so, with a review that does, too.
    pub(super) async fn fixture(&self, naming: Naming, state: State) -> Fixture {
        let seconds = if state == State::Timeout { 30 } else { 3_000 };
        let wants_files = json!({"interaction_type": "file_upload", "title": MARKER, "message": MARKER,
            "multiple": true, "timeout": seconds, "extendable_seconds": 60});
        let review = json!({"interaction_type": "review", "title": MARKER, "message": MARKER, "timeout": seconds,
            "node_id": "shared-node", "attempt": 1});
        let main = self.open(naming, wants_files).await;
        let review = self.open(naming, review).await;
        let path = main.path();
        let mut files = Vec::new();
        for name in ["a.txt", "b.txt"] {
            files.push(self.upload(&path, &format!("{MARKER}-{name}")).await);
        }
        let (link, _) = self.server.guest_of(&path, self.of(Who::Candidate)).await;
        let shown = self.server.get_by(self.of(Who::Candidate), &path).await.expect(200);
        let content_hash = shown["session"]["content_hash"].as_str().unwrap().to_owned();
        let [a, b] = files.try_into().unwrap();
        let fixture = Fixture { main, review, files: [a, b], link, content_hash };
        self.bring(&fixture, state).await;
        fixture
    }

    async fn open(&self, naming: Naming, interaction: Value) -> Subject {
        let mut body = json!({"interaction_data": interaction, "workflow_id": "shared", "risk": "low",
            "tags": [MARKER], "metadata": {"note": MARKER}, "callback_url": format!("https://hook.example/{MARKER}")});
        if naming == Naming::Named {
            body["assignee"] = json!("dan");
            body["candidates"] = json!(["bob", "group:ops"]);
        }
        let path = self.server.open_by(self.of(Who::OwnToken), &body).await;
        if naming == Naming::Named {
            self.server.post_by(&self.had, &format!("{path}/delegate"), &json!({"to": "gus"})).await.expect(200);
        }
        let (_, guest) = self.server.guest_of(&path, self.of(Who::Candidate)).await;
        Subject { id: path.rsplit('/').next().unwrap().to_owned(), guest }
    }

    async fn upload(&self, path: &str, name: &str) -> String {
        let (header, value) = self.of(Who::Candidate).header().unwrap();
        let headers = [(header, value.as_str()), ("content-type", super::requests::MULTIPART)];
        let body = super::requests::upload(name);
        let reply = self.server.call(Method::POST, &format!("{path}/files"), &headers, body).await;
        reply.expect(200)["file"]["file_id"].as_str().unwrap().to_owned()
    }

    async fn bring(&self, fixture: &Fixture, state: State) {
        let (bob, own) = (self.of(Who::Candidate), self.of(Who::OwnToken));
        let post = async |who: &Shows, path: String, body: Value| {
            self.server.post_by(who, &path, &body).await.expect(200);
        };
        for subject in [&fixture.main, &fixture.review] {
            let path = subject.path();
            match state {
                State::Pending | State::Timeout => {}
                State::Active => post(bob, format!("{path}/claim"), json!({})).await,
                State::Cancelled => post(own, format!("{path}/cancel"), json!({"reason": MARKER})).await,
                State::Completed => {
                    let is_review = subject.id == fixture.review.id;
                    let files = json!({"files": [fixture.files[0]]});
                    let answer = if is_review { json!({"action": "approve"}) } else { files };
                    post(bob, format!("{path}/respond"), json!({"response": answer, "comment": MARKER})).await;
                }
            }
        }
        if state == State::Timeout {
            self.server.advance(Duration::from_secs(30)).await;
        }
    }
}
