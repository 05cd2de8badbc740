//! The tools, by name.
//!
//! Job: from a call to the module that does it, and from what went wrong to
//! words that a model can act on. Invariant: no tool answers a question.

mod approval;
mod ask;
mod definitions;
mod human;
mod notice;
mod permission;
mod requests;

use std::fmt::Write as _;

use askwell_app::AppError;
use rmcp::ErrorData;
use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Tool};

pub(super) use self::requests::line;
use super::again;
use super::arguments::Arguments;
use super::call::Call;
use crate::wire::problem::{Place, Problem};

/// A tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    AskHuman,
    RequestApproval,
    GetResponse,
    CancelRequest,
    ListRequests,
    NotifyHuman,
    PermissionPrompt,
}

impl Name {
    /// Every tool, in the order in which they are listed.
    const ALL: [Self; 7] = [
        Self::AskHuman,
        Self::RequestApproval,
        Self::GetResponse,
        Self::CancelRequest,
        Self::ListRequests,
        Self::NotifyHuman,
        Self::PermissionPrompt,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::AskHuman => "ask_human",
            Self::RequestApproval => "request_approval",
            Self::GetResponse => "get_response",
            Self::CancelRequest => "cancel_request",
            Self::ListRequests => "list_requests",
            Self::NotifyHuman => "notify_human",
            Self::PermissionPrompt => "permission_prompt",
        }
    }

    /// The tool of this name.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.as_str() == name)
    }
}

/// Every tool as clients see it.
pub(super) fn all() -> Vec<Tool> {
    Name::ALL.into_iter().map(definitions::of).collect()
}

/// One tool as clients see it.
pub(super) fn one(name: &str) -> Option<Tool> {
    Name::parse(name).map(definitions::of)
}

/// Whether the tool of this name opens sessions.
pub(super) fn asks(name: &str) -> bool {
    matches!(
        Name::parse(name),
        Some(Name::AskHuman | Name::RequestApproval | Name::NotifyHuman | Name::PermissionPrompt)
    )
}

/// Why a tool did not do it.
#[derive(Debug)]
pub(super) enum Failure {
    /// For the model to read.
    Problem(Problem),
    /// Nobody listens any more.
    Left,
    /// The server stops, and the call comes again.
    Later,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self::Problem(error.into())
    }
}

/// Does what a client calls for.
///
/// # Errors
/// There is no such tool, or the client has left. All else that goes wrong is a result that says so.
pub(super) async fn call(call: Call, request: CallToolRequestParams) -> Result<CallToolResponse, ErrorData> {
    let Some(tool) = Name::parse(&request.name) else {
        let known = Name::ALL.map(Name::as_str).join(", ");
        return Err(ErrorData::invalid_params(format!("Unknown tool: {}. There are {known}.", request.name), None));
    };
    let again = request.request_state;
    if tool == Name::PermissionPrompt {
        return permission::prompt(&call, request.arguments).await.or_else(|failure| told(&call, failure));
    }
    let given = Arguments::of(request.arguments);
    let done = match tool {
        Name::AskHuman => human::ask(&call, given, again).await,
        Name::RequestApproval => approval::request(&call, given, again).await,
        Name::GetResponse => requests::get(&call, given).await,
        Name::CancelRequest => requests::cancel(&call, given).await,
        Name::ListRequests => requests::list(&call, given).await,
        Name::NotifyHuman | Name::PermissionPrompt => notice::give(&call, given).await,
    };
    done.or_else(|failure| told(&call, failure))
}

/// What a client is told of a tool that did not do it.
fn told(call: &Call, failure: Failure) -> Result<CallToolResponse, ErrorData> {
    match failure {
        Failure::Problem(problem) => {
            problem.report(&call.caller.request_id);
            let text = text_of(&problem, &call.place());
            Ok(CallToolResult::error(vec![ContentBlock::text(text)]).into())
        }
        // Nobody hears it.
        Failure::Left => Err(ErrorData::internal_error("the call was cancelled", None)),
        Failure::Later => Err(again::later()),
    }
}

/// A problem as a model reads it: what, where, and the stable word for it.
pub(super) fn text_of(problem: &Problem, place: &Place<'_>) -> String {
    let body = problem.among(place);
    let word = |key: &str| body.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
    let mut text = format!("{} ({})", word("detail"), word("code"));
    for issue in body.get("errors").and_then(serde_json::Value::as_array).into_iter().flatten() {
        let pointer = issue["pointer"].as_str().or(issue["parameter"].as_str()).unwrap_or_default();
        let detail = issue["detail"].as_str().unwrap_or_default();
        let _ = write!(text, "\n{}: {detail}", if pointer.is_empty() { "/" } else { pointer });
    }
    text
}
