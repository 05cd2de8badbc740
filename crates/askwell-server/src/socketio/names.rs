//! The events' names: the protocol of the first original, of the second, and ours.

/// Server to client: the connection stands.
pub(super) const CONNECTED: &str = "connected";
/// Server to client: a session was opened.
pub(super) const NEW_SESSION: &str = "new_session";
/// Server to client: a session was answered.
pub(super) const SESSION_COMPLETED: &str = "session_completed";
/// Server to client: a session was cancelled.
pub(super) const SESSION_CANCELLED: &str = "session_cancelled";
/// Server to client: a session's deadline came.
pub(super) const SESSION_TIMEOUT: &str = "session_timeout";
/// Server to client: a session changed otherwise.
pub(super) const SESSION_UPDATED: &str = "session_updated";
/// Client to server: this session matters here.
pub(super) const JOIN_SESSION: &str = "join_session";
/// The answer to it.
pub(super) const JOINED_SESSION: &str = "joined_session";
/// Client to server: it does no longer.
pub(super) const LEAVE_SESSION: &str = "leave_session";
/// The answer to it.
pub(super) const LEFT_SESSION: &str = "left_session";
/// Client to server: go on from a place in the feed.
pub(super) const SUBSCRIBE: &str = "subscribe";
/// Client to server: answer a session.
pub(super) const RESPOND: &str = "respond";
/// Client to server: cancel a session.
pub(super) const CANCEL: &str = "cancel";
/// Client to server: somebody looks at a session.
pub(super) const VIEWING: &str = "viewing";
/// Server to client: who looks at a session.
pub(super) const PRESENCE: &str = "presence";
/// Both ways: a review is asked for.
pub(super) const HITL_REQUEST: &str = "hitl_request";
/// Both ways: a review's answer.
pub(super) const HITL_RESPONSE: &str = "hitl_response";
/// Server to client: a review's deadline came.
pub(super) const HITL_TIMEOUT: &str = "hitl_timeout";
/// Server to client: what was sent could not be done.
pub(super) const HITL_ERROR: &str = "hitl_error";
