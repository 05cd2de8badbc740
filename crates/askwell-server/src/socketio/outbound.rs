//! What goes out: each change as the events of its protocols, encoded once for all sockets.

use std::sync::Arc;

use askwell_app::{FeedItem, is_review};
use askwell_core::{Change, Session, Status};
use serde::Serialize;
use serde_json::value::RawValue;

use super::names;
use crate::compat::sentient::{RequestBody, ResponseBody, TimeoutBody};
use crate::locale::Locale;
use crate::wire::session::SessionBody;

/// One event, encoded.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) name: &'static str,
    pub(super) body: Arc<RawValue>,
}

impl Frame {
    /// An event with this payload. One that cannot be told as JSON is told as null and logged.
    pub(super) fn of(name: &'static str, body: &impl Serialize) -> Self {
        let body = serde_json::value::to_raw_value(body).unwrap_or_else(|error| {
            tracing::error!(name, %error, "an event cannot be told");
            RawValue::NULL.to_owned()
        });
        Self { name, body: body.into() }
    }

    /// A review that waits. `cursor` is where whoever is told may go on: of a change its own, else where they stand.
    pub(super) fn review(session: &Session, cursor: &str, locale: Locale) -> Self {
        Self::of(names::HITL_REQUEST, &WithCursor { body: RequestBody::of(session, locale), cursor })
    }

    /// What came of a review, for whoever asked. Nothing while it is open. `cursor` as of [`Self::review`].
    pub(super) fn answer(session: &Session, cursor: &str, locale: Locale) -> Option<Self> {
        let body = ResponseBody::of(session, locale)?;
        let body = AnswerBody {
            request_id: askwell_app::request_id(session),
            body,
            session_id: session.id(),
            version: session.version.0,
            cursor,
        };
        Some(Self::of(names::HITL_RESPONSE, &body))
    }
}

/// One change as events.
pub(super) struct Frames {
    /// The change itself, for whoever may see the session.
    pub(super) change: Frame,
    /// What the review protocol makes of it, for the same.
    pub(super) reviews: Option<Frame>,
    /// What came of a review, for whoever asked.
    pub(super) answer: Option<Frame>,
}

impl Frames {
    /// The events of one change.
    pub(super) fn of(item: &FeedItem, locale: Locale) -> Self {
        let (session, cursor) = (&item.session, &*item.cursor.0);
        let mut frames = Self { change: change(item), reviews: None, answer: None };
        if is_review(session) {
            if matches!(item.change, Change::Opened(_)) {
                frames.reviews = Some(Frame::review(session, cursor, locale));
            } else if session.status == Status::Timeout {
                let body = WithCursor { body: TimeoutBody::of(session, locale), cursor };
                frames.reviews = Some(Frame::of(names::HITL_TIMEOUT, &body));
            }
            frames.answer = Frame::answer(session, cursor, locale);
        }
        frames
    }
}

fn change(item: &FeedItem) -> Frame {
    let (session, cursor) = (SessionBody::of(&item.session), &*item.cursor.0);
    let name = match &item.change {
        Change::Opened(_) => return Frame::of(names::NEW_SESSION, &WithCursor { body: session, cursor }),
        Change::Answered { .. } => names::SESSION_COMPLETED,
        Change::TimedOut { .. } => names::SESSION_TIMEOUT,
        Change::Cancelled { .. } => names::SESSION_CANCELLED,
        Change::Claimed { .. }
        | Change::Released { .. }
        | Change::Assigned { .. }
        | Change::Delegated { .. }
        | Change::CandidatesSet { .. }
        | Change::Extended { .. }
        | Change::Failed { .. } => names::SESSION_UPDATED,
    };
    let reason = item.session.state.error_message.as_deref();
    let version = item.session.version.0;
    Frame::of(
        name,
        &ChangeBody { session_id: item.session.id(), kind: item.change.name(), version, cursor, reason, session },
    )
}

#[derive(Serialize)]
struct WithCursor<'a, T> {
    #[serde(flatten)]
    body: T,
    cursor: &'a str,
}

#[derive(Serialize)]
struct ChangeBody<'a> {
    session_id: askwell_core::ids::SessionId,
    #[serde(rename = "type")]
    kind: &'static str,
    version: u64,
    cursor: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    session: SessionBody<'a>,
}

#[derive(Serialize)]
struct AnswerBody<'a> {
    request_id: String,
    #[serde(flatten)]
    body: ResponseBody,
    session_id: askwell_core::ids::SessionId,
    version: u64,
    cursor: &'a str,
}
