//! What clients say, as calls of the same application that REST calls.
//!
//! Handlers are as short as those of REST: decode, call, encode. What changes a
//! session goes on beside the conversation, as it waits for the disk.

use askwell_app::Opened;
use askwell_core::ids::SessionId;
use askwell_core::reader::wrong_type;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::compat::sentient;
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::body;
use crate::wire::keys::{Keys, Unit};
use crate::wire::problem::{Code, Issue, Problem};
use crate::wire::session::ChangedBody;

/// What an acknowledgement carries.
pub(super) type Reply = Result<Box<RawValue>, Problem>;

/// Encodes what an acknowledgement carries.
pub(super) fn encoded(body: &impl Serialize) -> Reply {
    serde_json::value::to_raw_value(body).map_err(|error| Problem::new(Code::Internal).logged(error.to_string()))
}

/// Answers a session.
pub(super) async fn respond(server: &Server, who: &Identity, payload: Value) -> Reply {
    let id = session_of(&payload)?;
    let request = body::respond(payload)?;
    let changed = server.app.respond(&who.caller, id, request).await?;
    encoded(&ChangedBody::of(&changed, Some("message-responded"), who.locale))
}

/// Cancels a session.
pub(super) async fn cancel(server: &Server, who: &Identity, payload: Value) -> Reply {
    let id = session_of(&payload)?;
    let (reason, user_id) = body::cancel(payload)?;
    let changed = server.app.cancel(&who.caller, id, reason, user_id.as_deref()).await?;
    encoded(&ChangedBody::of(&changed, Some("message-cancelled"), who.locale))
}

/// A review that is open, and what its asker is acknowledged with.
pub(super) struct Asked {
    pub(super) reply: Reply,
    pub(super) opened: Box<Opened>,
}

/// Opens a review, or finds it again.
pub(super) async fn ask(server: &Server, who: &Identity, payload: Value) -> Result<Asked, Problem> {
    let (request_id, body) = sentient::recognise(payload)?;
    let opened = server.app.open_review(&who.caller, request_id.clone(), body).await.map_err(sentient::problem)?;
    let session_id = opened.stored.session.id();
    let reply = encoded(&json!({ "success": true, "request_id": request_id, "session_id": session_id }));
    Ok(Asked { reply, opened: Box::new(opened) })
}

/// Answers a review by its name.
pub(super) async fn answer(server: &Server, who: &Identity, payload: Value) -> Reply {
    let (request_id, request) = sentient::answer(payload)?;
    server.app.answer_review(&who.caller, &request_id, request).await?;
    encoded(&json!({ "success": true, "request_id": request_id }))
}

/// The session that a payload is about.
pub(super) fn session_of(payload: &Value) -> Result<SessionId, Problem> {
    match payload {
        Value::Object(object) => match object.get("session_id").filter(|id| !id.is_null()) {
            Some(id) => id
                .as_str()
                .and_then(|text| text.parse().ok().filter(|id: &SessionId| id.to_string() == text))
                .ok_or_else(|| Problem::new(Code::SessionNotFound)),
            None => Err(Problem::missing("/session_id")),
        },
        other => Err(Problem::invalid(vec![Issue::Body(wrong_type("", "object", other))])),
    }
}

/// Where a client wants to go on, and of which workflow it wants to hear.
pub(super) fn subscription(payload: Value) -> Result<(Option<String>, Option<String>), Problem> {
    let mut keys = Keys::of_optional(payload)?;
    let (after, workflow_id) = (keys.text("after", 255, Unit::Characters), keys.name("workflow_id"));
    keys.done((after, workflow_id))
}

/// Which session somebody looks at, if any, and who it is.
pub(super) fn look(payload: Value) -> Result<(Option<SessionId>, Option<String>), Problem> {
    let looks = payload.get("session_id").is_some_and(|id| !id.is_null());
    let session = if looks { Some(session_of(&payload)?) } else { None };
    let mut keys = Keys::of(payload)?;
    let name = keys.name("user_id");
    keys.done((session, name))
}

/// A problem as `hitl_error`: the first thing that is wrong, in words.
pub(super) fn hitl_error(told: &Map<String, Value>, request_id: Option<&Value>) -> Value {
    let first = told.get("errors").and_then(|errors| errors.get(0)).and_then(|error| error.get("detail"));
    let message = first.or_else(|| told.get("detail"));
    let mut body = json!({ "message": message, "code": told.get("code") });
    if let Some(errors) = told.get("errors") {
        body["errors"] = errors.clone();
    }
    if let Some(request_id) = request_id {
        body["request_id"] = request_id.clone();
    }
    body
}
