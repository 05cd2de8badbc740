//! Calls an identity provider: judged, bounded, once.
//!
//! Invariant: what is read is at most [`MAX_BODY`] and over by the time-out,
//! whatever the other side does; a redirect is an answer, never a way; the
//! connection goes to an address that was judged for this very call. A host
//! that the owner's configuration names may be inside, but no name leads to
//! metadata or link-local addresses: those hold credentials of the machine.
//!
//! Neighbours: `webhook` owns the client; `egress` and `resolver` judge.

#[cfg(test)]
mod tests;

use std::time::Duration;

use askwell_app::ports::{FetchError, FetchRequest, Fetched};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response};
use tokio::time::timeout;

use crate::egress::Egress;
use crate::resolver::{Pinned, Resolver};
use crate::webhook::{MAX_ADDRESSES, addresses, describe};

/// More than this is no answer.
const MAX_BODY: usize = 1024 * 1024;

/// By what, and where to.
#[derive(Clone, Copy)]
pub(crate) struct Way<'a> {
    pub(crate) client: &'a Client,
    pub(crate) egress: &'a Egress,
    pub(crate) resolver: &'a dyn Resolver,
}

/// Makes one call.
pub(crate) async fn fetch(way: Way<'_>, request: FetchRequest, within: Duration) -> Result<Fetched, FetchError> {
    let answer = timeout(within, async { take(call(way, request).await?).await });
    answer.await.unwrap_or_else(|_| Err(FetchError(format!("no answer within {within:?}"))))
}

/// The call as far as the head of its answer.
async fn call(way: Way<'_>, request: FetchRequest) -> Result<Response, FetchError> {
    let target = way.egress.judge_url(&request.url).map_err(|refusal| failed(refusal.to_string()))?;
    let found = addresses(way.resolver, &target).await.map_err(FetchError)?;
    let mut judged = way.egress.judge_addresses(&target, &found).map_err(|refusal| failed(refusal.to_string()))?;
    judged.truncate(MAX_ADDRESSES);
    if judged.is_empty() {
        return Err(FetchError("the host has no address".into()));
    }
    let method = match request.method.as_str() {
        "GET" => Method::GET,
        "POST" => Method::POST,
        other => return Err(FetchError(format!("`{other}` is neither GET nor POST"))),
    };
    let call = way.client.request(method, target.url).headers(fields(&request.headers)?).body(request.body);
    Pinned::to(judged, call.send()).await.map_err(|error| failed(describe(error)))
}

fn fields(list: &[(String, String)]) -> Result<HeaderMap, FetchError> {
    let mut map = HeaderMap::new();
    for (name, value) in list {
        let wrong = || FetchError(format!("the header field `{name}` cannot be sent"));
        let mut value = HeaderValue::from_str(value).map_err(|_| wrong())?;
        // It may be a client's secret, and reqwest logs what is not marked.
        value.set_sensitive(true);
        map.append(HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?, value);
    }
    Ok(map)
}

/// The whole answer.
async fn take(mut response: Response) -> Result<Fetched, FetchError> {
    let status = response.status().as_u16();
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        value.to_str().ok().map(|value| (name.as_str().to_owned(), value.to_owned()))
    };
    let headers = response.headers().iter().filter_map(text).collect();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(describe(error)))? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(FetchError(format!("the answer is longer than {MAX_BODY} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Fetched { status, headers, body })
}

fn failed(reason: impl Into<String>) -> FetchError {
    FetchError(reason.into())
}
