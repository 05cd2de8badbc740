//! What a person has to do with a session, and the same as rows of an engine.

use std::fmt;

use super::User;
use crate::session::Session;

/// Stands before a group's name where a candidate is one.
pub const GROUP: &str = "group:";

/// What a subject has to do with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// Asked.
    Requester,
    /// Somebody else asked for them.
    Represented,
    /// Should answer.
    Assignee,
    /// May answer.
    Candidate,
    /// May look on: had it before.
    Watcher,
}

impl Relation {
    /// Its name in rows and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::Represented => "represented",
            Self::Assignee => "assignee",
            Self::Candidate => "candidate",
            Self::Watcher => "watcher",
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A person as subject of a row.
#[must_use]
pub fn user_subject(login: &str) -> String {
    format!("user:{login}")
}

/// A person as subject of rows of what they asked.
#[must_use]
pub fn asked_subject(login: &str) -> String {
    format!("asked:{login}")
}

/// A group as subject of a row.
#[must_use]
pub fn group_subject(group: &str) -> String {
    format!("{GROUP}{group}")
}

/// Whether the person is among those who are asked. Nobody named: everybody is.
#[must_use]
pub fn is_eligible(user: &User, session: &Session) -> bool {
    session.names_nobody()
        || session.assignee() == Some(&user.login)
        || session.candidates().iter().any(|candidate| means(candidate, user))
}

/// What the person has to do with the session by name; nothing for what is open to everybody.
#[must_use]
pub fn relations(user: &User, session: &Session) -> Vec<Relation> {
    let asked = super::asked_itself(&user.login, &session.opened);
    let candidate = session.candidates().iter().any(|candidate| means(candidate, user));
    let watcher = session.watchers().contains(&user.login);
    [
        (Relation::Requester, asked),
        (Relation::Represented, !asked && super::asked_for(&user.login, &session.opened)),
        (Relation::Assignee, session.assignee() == Some(&user.login)),
        (Relation::Candidate, candidate),
        (Relation::Watcher, watcher),
    ]
    .into_iter()
    .filter_map(|(relation, is)| is.then_some(relation))
    .collect()
}

/// The rows that an engine stores, so that what a subject may see is read by index: sorted, each subject once, with
/// its strongest relation.
#[must_use]
pub fn subjects(session: &Session) -> Vec<(String, Relation)> {
    let opened = &session.opened;
    let asked = opened.requester.verified.then_some(&opened.requester.id).map(|login| (login, Relation::Requester));
    let asked = asked.into_iter().chain(opened.on_behalf_of.as_ref().map(|login| (login, Relation::Represented)));
    let mut rows: Vec<(String, Relation)> = asked.map(|(login, relation)| (asked_subject(login), relation)).collect();
    rows.extend(session.assignee().map(|login| (user_subject(login), Relation::Assignee)));
    rows.extend(session.candidates().iter().map(|name| (candidate_subject(name), Relation::Candidate)));
    rows.extend(session.watchers().iter().map(|login| (user_subject(login), Relation::Watcher)));
    rows.sort_unstable();
    rows.dedup_by(|later, earlier| later.0 == earlier.0);
    rows
}

fn candidate_subject(candidate: &str) -> String {
    if candidate.starts_with(GROUP) { candidate.to_owned() } else { user_subject(candidate) }
}

fn means(candidate: &str, user: &User) -> bool {
    match candidate.strip_prefix(GROUP) {
        Some(group) => user.groups.iter().any(|own| own == group),
        None => candidate == user.login,
    }
}
