//! A session as it stands on the wire.

use askwell_app::ports::SessionPage;
use askwell_app::{
    App, AttemptLink, Caller, Changed, Details, Opened, Pickup, PickupState, Preview, is_review, request_id,
    response_body, timestamp_text,
};
use askwell_core::access::Action;
use askwell_core::session::{OnTimeout, Priority, Risk};
use askwell_core::{Finding, Session, Status};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::interaction::InteractionBody;
use super::schema::{InteractionData, Metadata, ResponseData, Warning};
use super::warnings;
use crate::compat;
use crate::locale::Locale;

/// One question to people, from open to closed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionBody<'a> {
    /// Its id, a UUID.
    #[schema(value_type = String, format = "uuid")]
    session_id: askwell_core::ids::SessionId,
    /// The requester's own name for a review; the session's id where it gave none. Null for other kinds.
    request_id: Option<String>,
    /// The workflow that asks.
    workflow_id: Option<&'a str>,
    /// Where the outcome is posted to.
    callback_url: Option<&'a str>,
    /// `pending` and `active` are open, all else is closed for good.
    #[schema(value_type = super::schema::Status)]
    status: Status,
    /// When it was opened.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// When it closes unanswered.
    #[schema(format = DateTime)]
    expires_at: String,
    /// Why it was cancelled or failed.
    error_message: Option<&'a str>,
    /// What is asked.
    #[schema(value_type = InteractionData)]
    interaction_data: InteractionBody<'a>,
    /// The answer, only once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ResponseData>)]
    response: Option<Value>,
    /// How many changes it has had.
    version: u64,
    /// SHA-256 of all that is shown and of what may be answered.
    content_hash: &'a str,
    /// The requester's own data.
    #[schema(value_type = Option<Metadata>)]
    metadata: Option<&'a Map<String, Value>>,
    /// Labels.
    tags: &'a [String],
    /// How urgent it is.
    #[schema(value_type = super::schema::Priority)]
    priority: Priority,
    /// How much a wrong answer would cost.
    #[schema(value_type = Option<super::schema::Risk>)]
    risk: Option<Risk>,
    /// Who should answer.
    assignee: Option<&'a str>,
    /// Who else may answer.
    candidates: &'a [String],
    /// Who may look on, because it was theirs before.
    watchers: &'a [String],
    /// How whoever answers must prove anew who they are.
    #[schema(value_type = Option<super::schema::StepUp>)]
    step_up: Option<askwell_core::session::StepUp>,
    /// Who holds it.
    claimed_by: Option<&'a str>,
    /// Until when, unless renewed.
    #[schema(format = DateTime)]
    claimed_until: Option<String>,
    /// Who asked.
    requester: &'a str,
    /// The name of the token that asked, if one did.
    requester_token: Option<&'a str>,
    /// For whom it was asked, if the requester said.
    on_behalf_of: Option<&'a str>,
    /// In whose shape it was asked, if not in ours: `langgraph`, `langchain`, `langchain_call`, `ag_ui`, `ag_ui_interrupts`,
    /// `claude_code`, or what the requester named.
    asked_as: Option<&'a str>,
    /// When it closed.
    #[schema(format = DateTime)]
    closed_at: Option<String>,
    /// Who closed it, where a person did.
    closed_by: Option<&'a str>,
    /// What silence means.
    #[schema(value_type = super::schema::OnTimeout)]
    on_timeout: OnTimeout,
    /// By how many seconds the deadline may be extended in all.
    extendable_seconds: Option<f64>,
    /// Tries at the same node, oldest first. Only where one session is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<Vec<AttemptBody>>,
    /// Whether the outcome was picked up. Only where one session is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<PickupBody<'a>>,
    /// Whether a long-poll waits for the outcome right now. Only where one session is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<bool>,
    /// What the caller may do with it. Only where one session is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    may: Option<MayBody>,
}

/// What a caller may do with a session.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = May)]
#[expect(clippy::struct_excessive_bools, reason = "facts of the wire, each by itself")]
pub(crate) struct MayBody {
    respond: bool,
    delegate: bool,
    cancel: bool,
    extend: bool,
    assign: bool,
    invite: bool,
    redeliver: bool,
}

impl MayBody {
    pub(crate) fn of(app: &App, caller: &Caller, session: &Session) -> Self {
        let may = |action| app.may(caller, action, Some(session));
        Self {
            respond: may(Action::Respond),
            delegate: may(Action::Delegate),
            cancel: may(Action::Cancel),
            extend: may(Action::Extend),
            assign: may(Action::Assign),
            invite: app.needs_sign_in() && may(Action::Invite),
            redeliver: may(Action::Redeliver),
        }
    }
}

impl<'a> SessionBody<'a> {
    /// The session without what must be read beside it.
    pub(crate) fn of(session: &'a Session) -> Self {
        let (opened, state) = (&*session.opened, &session.state);
        Self {
            session_id: opened.id,
            request_id: is_review(session).then(|| request_id(session)),
            workflow_id: opened.workflow_id.as_deref(),
            callback_url: opened.callback_url.as_deref(),
            status: session.status,
            created_at: timestamp_text(opened.at),
            updated_at: timestamp_text(session.updated_at),
            expires_at: timestamp_text(state.deadline.expires_at),
            error_message: state.error_message.as_deref(),
            interaction_data: InteractionBody::of(&opened.interaction),
            response: state.response.as_ref().map(|response| response_body(session, response, compat::resume)),
            version: session.version.0,
            content_hash: &opened.content_hash.0,
            metadata: opened.metadata.as_ref(),
            tags: &opened.tags,
            priority: opened.priority,
            risk: opened.risk,
            assignee: session.assignee(),
            candidates: session.candidates(),
            watchers: session.watchers(),
            step_up: opened.step_up,
            claimed_by: state.claim.as_ref().map(|claim| claim.by.id.as_str()),
            claimed_until: state.claim.as_ref().map(|claim| timestamp_text(claim.lapses.expires_at)),
            requester: &opened.requester.id,
            requester_token: opened.requester_token.as_deref(),
            on_behalf_of: opened.on_behalf_of.as_deref(),
            asked_as: opened.asked_as.as_ref().map(|asked_as| asked_as.shape.as_str()),
            closed_at: state.closed_at.map(timestamp_text),
            closed_by: state.closed_by.as_ref().map(|person| person.id.as_str()),
            on_timeout: opened.on_timeout,
            extendable_seconds: opened.extendable.map(|time| time.as_secs_f64()),
            attempts: None,
            delivery: None,
            waiting: None,
            may: None,
        }
    }
}

/// One try at the same node of a workflow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attempt)]
pub(crate) struct AttemptBody {
    /// The session of that try.
    #[schema(value_type = String, format = "uuid")]
    session_id: askwell_core::ids::SessionId,
    /// Its number.
    attempt: Option<i64>,
    /// How it stands.
    #[schema(value_type = super::schema::Status)]
    status: Status,
}

impl From<&AttemptLink> for AttemptBody {
    fn from(link: &AttemptLink) -> Self {
        Self { session_id: link.session, attempt: link.attempt, status: link.status }
    }
}

/// Whether, when and by what the outcome was picked up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pickup)]
pub(crate) struct PickupBody<'a> {
    /// `none`, `pending`, `delivered` or `failed`.
    state: &'static str,
    /// When.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// By `callback` or `waiter`.
    by: Option<&'a str>,
}

impl<'a> From<&'a Pickup> for PickupBody<'a> {
    fn from(pickup: &'a Pickup) -> Self {
        let state = match pickup.state {
            PickupState::None => "none",
            PickupState::Pending => "pending",
            PickupState::Delivered => "delivered",
            PickupState::Failed => "failed",
        };
        Self { state, at: pickup.at.map(timestamp_text), by: pickup.by.as_deref() }
    }
}

/// The answer to a create.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Opened)]
pub(crate) struct OpenedBody<'a> {
    success: bool,
    #[schema(value_type = String, format = "uuid")]
    session_id: askwell_core::ids::SessionId,
    #[schema(inline = false)]
    session: SessionBody<'a>,
    /// What was odd about the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Warning>)]
    warnings: Vec<Value>,
}

impl<'a> OpenedBody<'a> {
    pub(crate) fn of(opened: &'a Opened, locale: Locale) -> Self {
        Self {
            success: true,
            session_id: opened.stored.session.id(),
            session: SessionBody::of(&opened.stored.session),
            warnings: warnings(&opened.warnings, locale),
        }
    }
}

/// The answer to a preview.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Preview)]
pub(crate) struct PreviewBody<'a> {
    success: bool,
    /// As it would stand, with its message as HTML. Its id is all zeroes: there is no such session.
    session: SessionBody<'a>,
    /// What is odd about the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Warning>)]
    warnings: Vec<Value>,
}

impl<'a> PreviewBody<'a> {
    pub(crate) fn of(preview: &'a Preview, locale: Locale) -> Self {
        let mut session = SessionBody::of(&preview.session);
        session.interaction_data = InteractionBody::with_html(&preview.session.opened.interaction);
        Self { success: true, session, warnings: warnings(&preview.warnings, locale) }
    }
}

/// One session with what belongs to it. `status` and `response` repeat the session's: some clients read them there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = One)]
pub(crate) struct OneBody<'a> {
    success: bool,
    session: SessionBody<'a>,
    #[schema(value_type = super::schema::Status)]
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ResponseData>)]
    response: Option<Value>,
}

impl<'a> OneBody<'a> {
    pub(crate) fn of(details: &'a Details, may: MayBody) -> Self {
        let mut session = SessionBody::of(&details.stored.session);
        session.interaction_data = InteractionBody::with_html(&details.stored.session.opened.interaction);
        session.attempts = Some(details.attempts.iter().map(AttemptBody::from).collect());
        session.delivery = Some((&details.pickup).into());
        session.waiting = Some(details.waiting);
        session.may = Some(may);
        Self { success: true, status: session.status, response: session.response.clone(), session }
    }
}

/// The short form of a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionStatus)]
pub(crate) struct StatusBody {
    success: bool,
    #[schema(value_type = String, format = "uuid")]
    session_id: askwell_core::ids::SessionId,
    #[schema(value_type = super::schema::Status)]
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ResponseData>)]
    response: Option<Value>,
}

impl StatusBody {
    pub(crate) fn of(session: &Session) -> Self {
        let response = session.state.response.as_ref().map(|response| response_body(session, response, compat::resume));
        Self { success: true, session_id: session.id(), status: session.status, response }
    }
}

/// A page of sessions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionPage)]
pub(crate) struct PageBody<'a> {
    success: bool,
    sessions: Vec<SessionBody<'a>>,
    /// How many open sessions match in all.
    total: u64,
    /// Send it as `cursor` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<&'a str>,
}

impl<'a> PageBody<'a> {
    pub(crate) fn of(page: &'a SessionPage) -> Self {
        Self {
            success: true,
            sessions: page.sessions.iter().map(|stored| SessionBody::of(&stored.session)).collect(),
            total: page.total_open,
            next_cursor: page.next.as_deref(),
        }
    }
}

/// A session after a change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Changed)]
pub(crate) struct ChangedBody<'a> {
    success: bool,
    /// What was done, in the caller's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    session: SessionBody<'a>,
    /// What was odd about the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Warning>)]
    warnings: Vec<Value>,
}

impl<'a> ChangedBody<'a> {
    /// `message` is the name of a message, where the answer has one.
    pub(crate) fn of(changed: &'a Changed, message: Option<&str>, locale: Locale) -> Self {
        let findings: &[Finding] = &changed.warnings;
        Self {
            success: true,
            message: message.map(|id| locale.text(id, &[])),
            session: SessionBody::of(&changed.stored.session),
            warnings: warnings(findings, locale),
        }
    }
}
