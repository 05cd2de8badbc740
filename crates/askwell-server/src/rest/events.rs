//! The feed: a page of it, or a stream.

use std::convert::Infallible;
use std::time::Duration;

use askwell_app::{After, FeedItem};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt, stream};

use crate::identity::Identity;
use crate::state::Server;
use crate::wire::event::{FeedEventBody, FeedPageBody};
use crate::wire::json;
use crate::wire::params::Params;
use crate::wire::problem::Problem;

const PAGE: usize = 100;
const MAX_PAGE: usize = 500;
const HEARTBEAT: Duration = Duration::from_secs(15);
const RETRY: Duration = Duration::from_secs(2);

/// Follow all changes
///
/// Every change that one may see, oldest first. `Accept: text/event-stream` streams it without end: `id` is the
/// cursor, `event` the type, `data` the same JSON; `Last-Event-ID` resumes after a break.
#[utoipa::path(get, path = "/api/events", operation_id = "listEvents", tag = "events",
    params(
        ("after" = Option<String>, Query, description = "A cursor; absent: from the oldest kept; `latest`: from now on"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "At most so many; 100 where nothing is said, 500 at most"),
        ("Last-Event-ID" = Option<String>, Header, description = "A cursor; for streams, precedes `after`")),
    responses((status = 200, description = "Changes", content(
        (FeedPageBody = "application/json"), (FeedEventBody = "text/event-stream")))))]
pub(super) async fn feed(
    State(server): State<Server>,
    who: Identity,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, Problem> {
    let limit = params.limit("limit", MAX_PAGE).unwrap_or(PAGE);
    let after = params.text("after");
    params.done(())?;
    if !wants_stream(&headers) {
        let page = server.app.events(&who.caller, place(after.as_deref()), limit).await?;
        return Ok(json(&FeedPageBody::of(&page)));
    }
    let resumed = headers.get("last-event-id").and_then(|value| value.to_str().ok()).filter(|id| !id.is_empty());
    let after = place(resumed.or(after.as_deref()));
    let items = server.app.follow(&who.caller, after).await?;
    Ok(stream_of(items))
}

fn place(after: Option<&str>) -> After {
    match after {
        None => After::Oldest,
        Some("latest") => After::Latest,
        Some(cursor) => After::Cursor(cursor.to_owned()),
    }
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|range| range.split(';').next().unwrap_or_default().trim() == "text/event-stream")
}

/// The stream of changes. What breaks it ends it: the client resumes after the last id it saw.
fn stream_of<E>(items: impl Stream<Item = Result<std::sync::Arc<FeedItem>, E>> + Send + 'static) -> Response
where
    E: std::fmt::Display + Send + 'static,
{
    let opening = stream::once(async { Ok::<_, Infallible>(Event::default().retry(RETRY).comment("askwell")) });
    let changes = items.scan((), |(), item| {
        let event = match item {
            Ok(item) => event_of(&item).map(Ok),
            Err(error) => {
                tracing::warn!(%error, "a stream of changes ends");
                None
            }
        };
        std::future::ready(event)
    });
    let keep_alive = KeepAlive::new().interval(HEARTBEAT).text("");
    let mut response = Sse::new(opening.chain(changes)).keep_alive(keep_alive).into_response();
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    response
}

fn event_of(item: &FeedItem) -> Option<Event> {
    let data = serde_json::to_string(&FeedEventBody::of(item)).ok()?;
    Some(Event::default().id(item.cursor.to_string()).event(item.change.name()).data(data))
}
