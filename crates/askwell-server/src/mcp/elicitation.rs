//! Asking a client to open the question's page.
//!
//! Only where the owner wants it and the client says that it can. What the
//! client makes of it, open, decline or cancel, is nothing to the question:
//! people answer on the page, and the call goes on waiting.

use askwell_core::Session;
use askwell_core::ids::SessionId;
use rmcp::model::{ElicitRequest, ElicitRequestParams, InputRequest, InputRequests, InputRequiredResult};

use super::call::Call;
use super::options::Elicitation;

/// The name of the one thing that is asked of the client.
const OPEN: &str = "open";

/// Whether the client is asked at all.
pub(super) fn is_wanted(call: &Call) -> bool {
    let can = || call.context.client_capabilities()?.elicitation?.url;
    call.options().mcp.elicitation == Elicitation::Url && can().is_some()
}

/// What a client of the stateless revision is asked; it repeats the call when it is done. The state names the request
/// and nothing else: what it stands for is looked at anew, by the rights of whoever brings it.
pub(super) fn required(call: &Call, session: &Session) -> InputRequiredResult {
    let request = InputRequest::Elicitation(ElicitRequest::new(params(call, session.id(), String::new())));
    InputRequiredResult::new(Some(InputRequests::from([(OPEN.to_owned(), request)])), Some(session.id().to_string()))
}

/// Asks a client of an earlier revision, which answers while the call goes on. Ends when it has answered.
pub(super) async fn ask(call: &Call, id: SessionId) {
    let params = params(call, id, id.to_string());
    match call.context.peer.create_elicitation(params).await {
        Ok(answer) => tracing::debug!(?answer, "a client was asked to open a question's page"),
        Err(error) => tracing::debug!(%error, "a client could not be asked to open a question's page"),
    }
}

fn params(call: &Call, id: SessionId, elicitation_id: String) -> ElicitRequestParams {
    let message = call.locale.text("mcp-open-page", &[]);
    ElicitRequestParams::UrlElicitationParams { meta: None, message, url: call.page(id), elicitation_id }
}
