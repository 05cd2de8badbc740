//! Tasks of the protocol's extension, served from the sessions themselves.
//!
//! A task is a session: its id is the session's, and how it stands is read
//! from the database each time. So it outlives the process, and only who may
//! see the session has the task.

use std::time::Duration;

use askwell_app::ports::StoredSession;
use askwell_app::{AppError, timestamp_text};
use askwell_core::{Rejection, Session, Status};
use rmcp::ErrorData;
use rmcp::model::{CreateTaskResult, DetailedTask, GetTaskResult, Task, TaskPayload, TaskStatus};

use super::call::Call;
use super::outcome;

/// How often a client is to look.
const POLL: Duration = Duration::from_secs(2);

/// What a call answers that does not wait.
pub(super) fn created(call: &Call, session: &Session) -> CreateTaskResult {
    CreateTaskResult::new(task(call, session))
}

/// How a task stands.
///
/// # Errors
/// There is none, or the caller may not see it.
pub(super) async fn get(call: &Call, id: &str) -> Result<GetTaskResult, ErrorData> {
    let stored = known(call, id).await?;
    let session = &stored.session;
    let payload = match session.status {
        Status::Pending | Status::Active => TaskPayload::Working,
        Status::Cancelled => TaskPayload::Cancelled,
        Status::Completed | Status::Timeout | Status::Error => {
            let result = serde_json::to_value(outcome::result(call, session, &[]));
            match result {
                Ok(serde_json::Value::Object(result)) => TaskPayload::Completed { result },
                _ => return Err(ErrorData::internal_error("internal", None)),
            }
        }
    };
    Ok(GetTaskResult::new(DetailedTask::new(task(call, session), payload)))
}

/// Closes the question without an answer; one that is closed stays as it is.
///
/// # Errors
/// There is none, the caller may not see it, or may not cancel it.
pub(super) async fn cancel(call: &Call, id: &str) -> Result<(), ErrorData> {
    let id = known(call, id).await?.session.id();
    match call.app().cancel(&call.caller, id, call.words("mcp-cancelled"), call.client.as_deref()).await {
        Ok(_) | Err(AppError::Rejected(Rejection::Closed { .. } | Rejection::Expired { .. })) => Ok(()),
        Err(error) => Err(call.refused(error)),
    }
}

/// The session that the task is.
///
/// # Errors
/// There is none, or the caller may not see it.
pub(super) async fn known(call: &Call, id: &str) -> Result<StoredSession, ErrorData> {
    let id = id.parse().map_err(|_| unknown())?;
    // Waiting for nothing reads like `get`, and says that an answer was picked up.
    match call.app().wait(&call.caller, id, Duration::ZERO).await {
        Ok(stored) => Ok(stored),
        Err(AppError::NotFound(_)) => Err(unknown()),
        Err(error) => Err(call.refused(error)),
    }
}

fn unknown() -> ErrorData {
    ErrorData::invalid_params("there is no such task", None)
}

fn task(call: &Call, session: &Session) -> Task {
    let opened = &session.opened;
    let status = match session.status {
        Status::Pending | Status::Active => TaskStatus::Working,
        Status::Cancelled => TaskStatus::Cancelled,
        Status::Completed | Status::Timeout | Status::Error => TaskStatus::Completed,
    };
    let mut task =
        Task::new(opened.id.to_string(), status, timestamp_text(opened.at), timestamp_text(session.updated_at));
    task.poll_interval_ms = Some(milliseconds(POLL));
    // Kept for ever where the owner throws nothing away.
    let open = session.state.deadline.expires_at.duration_since(opened.at).unsigned_abs();
    task.ttl_ms = call.app().settings().keep_closed.map(|kept| milliseconds(open.saturating_add(kept)));
    if status == TaskStatus::Working {
        task.status_message = Some(format!("Waiting for a person: {}", call.page(opened.id)));
    }
    task
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
