//! One call: who calls, from which client, and what that client can take.

use askwell_app::{App, Caller};
use askwell_core::ids::SessionId;
use axum::http::request::Parts;
use rmcp::model::{ProgressToken, ProtocolVersion};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};

use crate::identity::Identity;
use crate::locale::Locale;
use crate::state::{Server, ServerOptions};
use crate::wire::problem::Place;

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
}

impl Call {
    /// The call that this request makes.
    ///
    /// # Errors
    /// The request came past the middleware.
    pub(super) fn of(server: &Server, context: RequestContext<RoleServer>) -> Result<Self, ErrorData> {
        let parts = context.extensions.get::<Parts>();
        let who = parts.and_then(|parts| Some((parts, parts.extensions.get::<Identity>()?.clone())));
        let Some((parts, who)) = who else {
            tracing::error!("an MCP request came in past the door");
            return Err(ErrorData::internal_error("internal", None));
        };
        let base = server.options.own_url(who.outside, &parts.headers);
        let client = context.client_info().and_then(|info| name_of(&info.name));
        Ok(Self { server: server.clone(), caller: who.caller, locale: who.locale, base, client, context })
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
