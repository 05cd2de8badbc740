//! Changes as they stand on the wire: in the feed with the session, in a history with who and why.

use askwell_app::ports::StoredEvent;
use askwell_app::{FeedItem, FeedPage, timestamp_text};
use askwell_core::Change;
use askwell_core::access::Person;
use askwell_core::ids::SessionId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::session::SessionBody;

/// A change, with the session as it was right after it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FeedEvent)]
pub(crate) struct FeedEventBody<'a> {
    /// Its place in the feed.
    cursor: &'a str,
    #[schema(value_type = String, format = "uuid")]
    session_id: SessionId,
    /// The session's version after it.
    version: u64,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(value_type = super::schema::EventType)]
    kind: &'static str,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    session: SessionBody<'a>,
}

impl<'a> FeedEventBody<'a> {
    pub(crate) fn of(item: &'a FeedItem) -> Self {
        Self {
            cursor: &item.cursor.0,
            session_id: item.session.id(),
            version: item.session.version.0,
            kind: item.change.name(),
            at: timestamp_text(item.at),
            session: SessionBody::of(&item.session),
        }
    }
}

/// A page of the feed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FeedPage)]
pub(crate) struct FeedPageBody<'a> {
    success: bool,
    /// Oldest first.
    events: Vec<FeedEventBody<'a>>,
    /// Send it as `after` to go on.
    next_cursor: &'a str,
}

impl<'a> FeedPageBody<'a> {
    pub(crate) fn of(page: &'a FeedPage) -> Self {
        Self { success: true, events: page.items.iter().map(FeedEventBody::of).collect(), next_cursor: &page.next.0 }
    }
}

/// A change of one session, with who and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HistoryEvent)]
pub(crate) struct HistoryEventBody<'a> {
    cursor: &'a str,
    #[schema(value_type = String, format = "uuid")]
    session_id: SessionId,
    version: u64,
    #[serde(rename = "type")]
    #[schema(value_type = super::schema::EventType)]
    kind: &'static str,
    #[schema(format = DateTime)]
    at: String,
    /// Who did it; null where the server's clock did.
    by: Option<PersonBody<'a>>,
    /// Why, where a reason was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// The answer's payload, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    response_data: Option<&'a Value>,
    /// The comment given with an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    /// The new deadline, or the end of the hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    until: Option<String>,
    /// Whose hold was taken over.
    #[serde(skip_serializing_if = "Option::is_none")]
    over: Option<&'a str>,
    /// To whom it was handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    /// Who should answer from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignee: Option<&'a str>,
    /// Who else may answer from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates: Option<&'a [String]>,
}

/// A person, and whether a credential proves the id.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Person)]
pub(crate) struct PersonBody<'a> {
    id: &'a str,
    /// `false`: claimed, where nobody has to prove who they are.
    verified: bool,
}

impl<'a> From<&'a Person> for PersonBody<'a> {
    fn from(person: &'a Person) -> Self {
        Self { id: &person.id, verified: person.verified }
    }
}

impl<'a> HistoryEventBody<'a> {
    fn of(stored: &'a StoredEvent) -> Self {
        let mut body = Self {
            cursor: &stored.cursor.0,
            session_id: stored.session,
            version: stored.version.0,
            kind: stored.event.change.name(),
            at: timestamp_text(stored.event.at),
            by: None,
            reason: None,
            response_data: None,
            comment: None,
            until: None,
            over: None,
            to: None,
            assignee: None,
            candidates: None,
        };
        match &stored.event.change {
            Change::Opened(opened) => {
                body.by = Some((&opened.requester).into());
                body.until = Some(timestamp_text(opened.deadline.expires_at));
            }
            Change::Claimed { claim, over } => {
                body.by = Some((&claim.by).into());
                body.over = over.as_ref().map(|former| former.id.as_str());
                body.until = Some(timestamp_text(claim.lapses.expires_at));
            }
            Change::Assigned { by, parties } | Change::CandidatesSet { by, parties } => {
                body.by = Some(by.into());
                body.assignee = parties.assignee.as_deref();
                body.candidates = Some(&parties.candidates);
            }
            Change::Delegated { by, to, parties } => {
                body.by = Some(by.into());
                body.to = Some(to);
                body.assignee = parties.assignee.as_deref();
                body.candidates = Some(&parties.candidates);
            }
            Change::Released { by } => body.by = by.as_ref().map(Into::into),
            Change::Extended { by, deadline, .. } => {
                body.by = Some(by.into());
                body.until = Some(timestamp_text(deadline.expires_at));
            }
            Change::Answered { response } => {
                body.by = response.by.as_ref().map(Into::into);
                body.response_data = Some(&response.data);
                body.comment = response.comment.as_deref();
            }
            Change::TimedOut { response } => body.response_data = response.as_ref().map(|response| &response.data),
            Change::Cancelled { by, reason } => {
                body.by = Some(by.into());
                body.reason = Some(reason);
            }
            Change::Failed { reason } => body.reason = Some(reason),
        }
        body
    }
}

/// What happened to a session, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = History)]
pub(crate) struct HistoryBody<'a> {
    success: bool,
    events: Vec<HistoryEventBody<'a>>,
}

impl<'a> HistoryBody<'a> {
    pub(crate) fn of(events: &'a [StoredEvent]) -> Self {
        Self { success: true, events: events.iter().map(HistoryEventBody::of).collect() }
    }
}
