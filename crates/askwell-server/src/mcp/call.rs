//! One call: who calls, from which client, and what that client can take.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use askwell_app::{App, AppError, Caller};
use askwell_core::ids::SessionId;
use axum::http::request::Parts;
use rmcp::model::{ProgressToken, ProtocolVersion, RequestId};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::again;
use super::options::LeavingCall;
use super::sessions::Connection;
use super::tools::text_of;
use crate::identity::Identity;
use crate::locale::Locale;
use crate::state::{Server, ServerOptions};
use crate::wire::problem::{Place, Problem};

/// The longest name of a client that is kept.
const MAX_NAME: usize = 100;

/// The client that shows progress for as long as it takes.
const PATIENT_CLIENT: &str = "claude-code";

/// One call of a client.
pub(super) struct Call {
    server: Server,
    pub(super) caller: Caller,
    pub(super) locale: Locale,
    /// Under which address the client reaches the server.
    base: String,
    /// What the client calls itself.
    pub(super) client: Option<String>,
    pub(super) context: RequestContext<RoleServer>,
    leaving: Leaving,
    seats: Seats,
    /// Whether the client sends it again where the server stops before the answer.
    pub(super) comes_again: bool,
}

/// Calls of one client that wait at once. A client with a session may drop the connection of a call, and the call goes
/// on: so nothing else would bound them.
const MOST_WAITING: usize = 64;

/// The room for calls that wait.
#[derive(Clone, Debug)]
pub(super) struct Seats(Arc<Semaphore>);

impl Default for Seats {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_WAITING)))
    }
}

/// Which questions calls wait for, where leaving a call is to cancel its question.
#[derive(Clone, Debug, Default)]
pub(super) struct Leaving(Arc<Mutex<HashMap<RequestId, SessionId>>>);

impl Leaving {
    fn calls(&self) -> MutexGuard<'_, HashMap<RequestId, SessionId>> {
        // Poisoned it is whole: no panic can happen between its changes.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The question that the call waited for.
    pub(super) fn take(&self, call: &RequestId) -> Option<SessionId> {
        self.calls().remove(call)
    }
}

impl Call {
    /// The call that this request makes.
    ///
    /// # Errors
    /// The request came past the middleware.
    pub(super) fn of(
        server: &Server,
        context: RequestContext<RoleServer>,
        leaving: Leaving,
        seats: Seats,
    ) -> Result<Self, ErrorData> {
        let parts = context.extensions.get::<Parts>();
        let who = parts.and_then(|parts| Some((parts, parts.extensions.get::<Identity>()?.clone())));
        let Some((parts, who)) = who else {
            tracing::error!("an MCP request came in past the door");
            return Err(ErrorData::internal_error("internal", None));
        };
        let base = server.options.own_url(who.outside, &parts.headers);
        let comes_again = again::comes_again(&parts.headers);
        let client = context.client_info().and_then(|info| name_of(&info.name));
        Ok(Self {
            server: server.clone(),
            caller: who.caller,
            locale: who.locale,
            base,
            client,
            context,
            leaving,
            seats,
            comes_again,
        })
    }

    pub(super) fn app(&self) -> &App {
        &self.server.app
    }

    pub(super) fn options(&self) -> &ServerOptions {
        &self.server.options
    }

    /// The page where people answer.
    pub(super) fn page(&self, id: SessionId) -> String {
        format!("{}/r/{id}", self.base)
    }

    /// What problems are written with.
    pub(super) fn place(&self) -> Place<'_> {
        Place { locale: self.locale, request_id: &self.caller.request_id, base_url: &self.base, status: None }
    }

    /// Whether the client of a legacy session has no connection left. A stateless one that leaves ends the call itself.
    pub(super) fn is_alone(&self) -> bool {
        self.context.extensions.get::<Connection>().is_some_and(Connection::is_gone)
    }

    /// Room to wait, for as long as it is kept; nothing where too many calls of this client wait already.
    pub(super) fn seat(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.seats.0).try_acquire_owned().ok()
    }

    /// Notes that the call waits for this question, for as long as it does.
    pub(super) fn waits_for(&self, id: SessionId) {
        if self.options().mcp.leaving == LeavingCall::CancelsQuestion {
            self.leaving.calls().insert(self.context.id.clone(), id);
        }
    }

    /// Notes that it waits no more. A call that is cancelled is left to whoever cancels its question.
    pub(super) fn waits_no_more(&self) {
        if self.options().mcp.leaving == LeavingCall::CancelsQuestion {
            self.leaving.take(&self.context.id);
        }
    }

    /// What keeps a request that is no tool's from being served.
    pub(super) fn refused(&self, error: AppError) -> ErrorData {
        let problem = Problem::from(error);
        problem.report(&self.caller.request_id);
        ErrorData::invalid_request(text_of(&problem, &self.place()), None)
    }

    /// Words for people.
    pub(super) fn words(&self, id: &str) -> String {
        self.locale.text(id, &[])
    }

    /// Under which token the client wants to hear of progress.
    pub(super) fn progress_token(&self) -> Option<ProgressToken> {
        self.context.meta.get_progress_token()
    }

    /// Whether the client speaks the stateless revision or a later one.
    pub(super) fn is_stateless(&self) -> bool {
        self.context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
    }

    /// Whether the client takes a task for an answer.
    pub(super) fn takes_tasks(&self) -> bool {
        // A client of an earlier revision that declares the extension still reads answers by its own revision's rules.
        self.is_stateless() && self.context.client_capabilities().is_some_and(|known| known.supports_tasks())
    }

    /// Whether the client waits for as long as it hears of progress.
    pub(super) fn is_patient(&self) -> bool {
        self.client.as_deref() == Some(PATIENT_CLIENT)
    }
}

/// A client's name as people may see it.
fn name_of(claimed: &str) -> Option<String> {
    let name: String = claimed.chars().filter(|each| !each.is_control()).take(MAX_NAME).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(name_of(" cursor\n\u{1b}[31m "), Some("cursor[31m".to_owned()));
        assert_eq!(name_of(" \t"), None);
        assert_eq!(name_of(&"x".repeat(200)).map(|name| name.len()), Some(MAX_NAME));
    }
}
