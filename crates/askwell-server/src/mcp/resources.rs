//! Requests as resources: all that are open, and each by itself.

use std::str::FromStr;
use std::time::Duration;

use askwell_app::AppError;
use askwell_app::ports::SessionQuery;
use askwell_core::Status;
use askwell_core::ids::SessionId;
use rmcp::ErrorData;
use rmcp::model::{
    CompleteRequestParams, CompleteResult, CompletionInfo, ListResourceTemplatesResult, ListResourcesResult,
    ReadResourceResponse, ReadResourceResult, Reference, Resource, ResourceContents, ResourceTemplate,
};
use serde_json::{Value, json};

use super::call::Call;
use super::outcome;
use super::tools::line;

const SCHEME: &str = "askwell://requests/";
const PENDING: &str = "pending";
const MEDIA: &str = "application/json";

/// Open requests that are shown at once.
const SHOWN: usize = 100;

/// What an address stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// All that is open.
    Pending,
    /// One request.
    One(SessionId),
}

impl FromStr for Place {
    type Err = ();

    fn from_str(uri: &str) -> Result<Self, ()> {
        match uri.strip_prefix(SCHEME).ok_or(())? {
            PENDING => Ok(Self::Pending),
            // One spelling of an id, as updates are told by it.
            id => id.parse().ok().filter(|parsed: &SessionId| parsed.to_string() == id).map(Self::One).ok_or(()),
        }
    }
}

impl Place {
    /// Its address.
    pub(super) fn uri(self) -> String {
        match self {
            Self::Pending => format!("{SCHEME}{PENDING}"),
            Self::One(id) => format!("{SCHEME}{id}"),
        }
    }
}

/// What there is without knowing an id.
pub(super) fn all() -> ListResourcesResult {
    let pending = Resource::new(Place::Pending.uri(), "pending")
        .with_title("Open requests")
        .with_description("The questions that wait for a person")
        .with_mime_type(MEDIA);
    ListResourcesResult::with_all_items(vec![pending])
}

/// How a request is addressed.
pub(super) fn templates() -> ListResourceTemplatesResult {
    let one = ResourceTemplate::new(format!("{SCHEME}{{id}}"), "request")
        .with_title("A request")
        .with_description("How one question stands, with its answer once there is one")
        .with_mime_type(MEDIA);
    ListResourceTemplatesResult::with_all_items(vec![one])
}

/// What stands at an address.
///
/// # Errors
/// Nothing does, or the caller may not see it.
pub(super) async fn read(call: &Call, uri: &str) -> Result<ReadResourceResponse, ErrorData> {
    let place = uri.parse().map_err(|()| unknown(uri))?;
    let value = match place {
        Place::Pending => pending(call).await,
        Place::One(id) => one(call, id).await,
    };
    let value = value.map_err(|error| match error {
        AppError::NotFound(_) => unknown(uri),
        error => call.refused(error),
    })?;
    let contents = ResourceContents::text(value.to_string(), uri).with_mime_type(MEDIA);
    Ok(ReadResourceResult::new(vec![contents]).into())
}

/// Ids of open requests that begin as what was typed, for who fills in the address of one.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn complete(call: &Call, request: &CompleteRequestParams) -> Result<CompleteResult, ErrorData> {
    let template = format!("{SCHEME}{{id}}");
    let asks = matches!(&request.r#ref, Reference::Resource(resource) if resource.uri == template);
    let mut ids = Vec::new();
    if asks && request.argument.name == "id" {
        let page = call.app().list(&call.caller, open()).await.map_err(|error| call.refused(error))?;
        ids.extend(page.sessions.iter().map(|stored| stored.session.id().to_string()));
        ids.retain(|id| id.starts_with(&request.argument.value));
    }
    let completion = CompletionInfo::with_all_values(ids);
    completion.map(CompleteResult::new).map_err(|_| ErrorData::internal_error("internal", None))
}

/// The newest open requests, as many as are shown.
fn open() -> SessionQuery {
    SessionQuery { statuses: vec![Status::Pending, Status::Active], limit: SHOWN, ..SessionQuery::default() }
}

fn unknown(uri: &str) -> ErrorData {
    ErrorData::resource_not_found("there is no such resource", Some(json!({ "uri": uri })))
}

async fn pending(call: &Call) -> Result<Value, AppError> {
    let page = call.app().list(&call.caller, open()).await?;
    let requests: Vec<Value> = page.sessions.iter().map(|stored| line(call, &stored.session)).collect();
    Ok(json!({ "requests": requests, "total": page.total_open }))
}

async fn one(call: &Call, id: SessionId) -> Result<Value, AppError> {
    // Waiting for nothing reads like `get`, and says that an answer was picked up.
    let stored = call.app().wait(&call.caller, id, Duration::ZERO).await?;
    let mut value = outcome::value(call, &stored.session, &[]);
    value["title"] = stored.session.opened.interaction.get("title");
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        let id = "0192f0c1-2d3e-7a4b-8c5d-6e7f8a9b0c1d";
        for (uri, good) in [
            ("askwell://requests/pending".to_owned(), true),
            (format!("askwell://requests/{id}"), true),
            (format!("askwell://requests/{}", id.to_uppercase()), false),
            (format!("askwell://requests/{}", id.replace('-', "")), false),
            (format!("askwell://requests/{id}/"), false),
            ("askwell://requests/".to_owned(), false),
            ("file:///etc/passwd".to_owned(), false),
        ] {
            let place = uri.parse::<Place>();
            assert_eq!(place.is_ok(), good, "{uri}");
            if let Ok(place) = place {
                assert_eq!(place.uri(), uri);
            }
        }
    }
}
