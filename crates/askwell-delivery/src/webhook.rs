//! Posts callbacks: signed, judged, bounded, once.
//!
//! Invariant: one call of [`Sender::send`] is one HTTP request to a judged
//! address, over by the time-out whatever the receiver does. No redirect, no
//! proxy, no decompression, no cookie, no second use of a connection (its
//! address would have been judged in an earlier attempt).
//!
//! Neighbours: `egress` and `resolver` say where to; `signature` signs;
//! `askwell-app` schedules attempts and reads what came of them.

#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{Clock, Delivery, FetchError, FetchRequest, Fetched, Permission, Sender, Sent};
use async_trait::async_trait;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, redirect, retry};
use tokio::time::{Instant, timeout, timeout_at};

use crate::egress::{Egress, HostPattern, Refusal, Target, TargetHost};
use crate::fetch;
use crate::resolver::{Pinned, Resolver, SystemResolver};
use crate::retry_after;
use crate::signature::WebhookSecret;

/// The longest that one call may take, and the default.
pub const MAX_TIMEOUT: Duration = Duration::from_secs(15);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);
/// A create waits for this.
const PERMISSION_TIMEOUT: Duration = Duration::from_secs(2);
/// Of what a receiver says beyond its status, at most so many bytes are taken.
const MAX_BODY: usize = 64 * 1024;
/// The connect time-out is shared among the addresses of a name.
pub(crate) const MAX_ADDRESSES: usize = 8;
const USER_AGENT: &str = concat!("Askwell/", env!("CARGO_PKG_VERSION"));

/// What a sender of callbacks needs.
#[derive(Clone)]
pub struct WebhookOptions {
    /// Signs every callback.
    pub secret: WebhookSecret,
    /// Where callbacks may go.
    pub egress: Egress,
    /// How long one call may take in all, at most [`MAX_TIMEOUT`].
    pub timeout: Duration,
    /// Gives `webhook-timestamp`, and what a date in `Retry-After` is measured against.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for WebhookOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { secret, egress, timeout, clock: _ } = self;
        f.debug_struct("WebhookOptions")
            .field("secret", secret)
            .field("egress", egress)
            .field("timeout", timeout)
            .finish_non_exhaustive()
    }
}

/// The HTTP client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("webhooks cannot be sent: {0}")]
pub struct StartError(reqwest::Error);

/// Posts callbacks.
pub struct WebhookSender {
    secret: WebhookSecret,
    egress: Egress,
    /// What calls that are no deliveries may reach: the same, and what the configuration names.
    named: Egress,
    timeout: Duration,
    clock: Arc<dyn Clock>,
    resolver: Arc<dyn Resolver>,
    client: Client,
}

impl fmt::Debug for WebhookSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSender")
            .field("egress", &self.egress)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Whose certificates are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Roots {
    System,
    Nobody,
}

impl WebhookSender {
    /// A sender that asks the operating system for addresses.
    ///
    /// # Errors
    /// [`StartError`]: the HTTP client could not be made.
    pub fn new(options: WebhookOptions) -> Result<Self, StartError> {
        Self::with_resolver(options, Arc::new(SystemResolver::new()))
    }

    fn with_resolver(options: WebhookOptions, resolver: Arc<dyn Resolver>) -> Result<Self, StartError> {
        let client = client(Roots::System).or_else(|error| {
            // An image without certificates shall still start, and reach http.
            tracing::warn!(error = %innermost(&error), "no certificates to trust: callbacks over https will fail");
            client(Roots::Nobody)
        });
        let WebhookOptions { secret, egress, timeout, clock } = options;
        let timeout = timeout.min(MAX_TIMEOUT);
        let named = egress.clone();
        Ok(Self { secret, egress, named, timeout, clock, resolver, client: client.map_err(StartError)? })
    }

    /// Lets [`Sender::fetch`] reach these hosts although they may be inside: the owner's configuration names them.
    /// Callbacks gain nothing by it.
    #[must_use]
    pub fn naming(mut self, hosts: impl IntoIterator<Item = HostPattern>) -> Self {
        self.named.allow_hosts.extend(hosts);
        self
    }

    /// The request as far as its status.
    async fn call(&self, delivery: &Delivery) -> Result<Response, Sent> {
        let target = self.egress.judge_url(&delivery.url)?;
        let addresses = addresses(&*self.resolver, &target).await.map_err(failed)?;
        let mut judged = self.egress.judge_addresses(&target, &addresses)?;
        judged.truncate(MAX_ADDRESSES);
        if judged.is_empty() {
            return Err(failed("the host has no address"));
        }
        let id = delivery.id.to_string();
        let seconds = self.clock.now().wall.as_second();
        let signature = self.secret.sign(&id, seconds, &delivery.body).map_err(|error| failed(error.to_string()))?;
        let request = self
            .client
            .post(target.url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature)
            .body(delivery.body.clone());
        Pinned::to(judged, request.send()).await.map_err(|error| failed(describe(error)))
    }
}

#[async_trait]
impl Sender for WebhookSender {
    async fn send(&self, delivery: &Delivery) -> Sent {
        let deadline = Instant::now() + self.timeout;
        let response = match timeout_at(deadline, self.call(delivery)).await {
            Ok(Ok(response)) => response,
            Ok(Err(sent)) => return sent,
            Err(_) => return failed(format!("no answer within {:?}", self.timeout)),
        };
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|value| retry_after::parse(value, self.clock.now().wall));
        // The receiver has spoken; what else it says, or how slowly, changes nothing.
        let _ = timeout_at(deadline, drain(response)).await;
        Sent::Status { status, retry_after }
    }

    async fn permission(&self, url: &str) -> Permission {
        let judged = timeout(PERMISSION_TIMEOUT, async {
            let target = self.egress.judge_url(url)?;
            // What does not resolve now may do so when the callback is owed.
            let addresses = addresses(&*self.resolver, &target).await.unwrap_or_default();
            self.egress.judge_addresses(&target, &addresses).map(drop)
        });
        match judged.await {
            Ok(Err(Refusal { reason, setting })) => Permission::Refused { reason, setting: setting.key().to_owned() },
            Ok(Ok(())) | Err(_) => Permission::Allowed,
        }
    }

    async fn fetch(&self, request: FetchRequest) -> Result<Fetched, FetchError> {
        let way = fetch::Way { client: &self.client, egress: &self.named, resolver: &*self.resolver };
        fetch::fetch(way, request, MAX_TIMEOUT).await
    }
}

/// What the host of `target` resolves to.
pub(crate) async fn addresses(resolver: &dyn Resolver, target: &Target) -> Result<Vec<IpAddr>, String> {
    match &target.host {
        TargetHost::Address(address) => Ok(vec![*address]),
        TargetHost::Name(name) => match timeout(RESOLVE_TIMEOUT, resolver.resolve(name)).await {
            Ok(Ok(addresses)) => Ok(addresses),
            Ok(Err(error)) => Err(format!("`{name}` does not resolve: {error}")),
            Err(_) => Err(format!("`{name}` did not resolve in time")),
        },
    }
}

impl From<Refusal> for Sent {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { reason: refusal.to_string() }
    }
}

fn failed(reason: impl Into<String>) -> Sent {
    Sent::Failed { reason: reason.into() }
}

/// The one HTTP client of the process.
fn client(roots: Roots) -> Result<Client, reqwest::Error> {
    let builder = Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(MAX_TIMEOUT)
        .pool_max_idle_per_host(0)
        .dns_resolver(Pinned);
    match roots {
        Roots::System => builder.build(),
        Roots::Nobody => builder.tls_certs_only([]).build(),
    }
}

#[cfg(test)]
pub(crate) fn client_for_tests() -> Client {
    client(Roots::System).unwrap()
}

/// Takes what the receiver says, so that it can finish saying it, and forgets it.
async fn drain(mut response: Response) {
    let mut left = MAX_BODY;
    while let Ok(Some(chunk)) = response.chunk().await {
        match left.checked_sub(chunk.len()) {
            Some(rest) if rest > 0 => left = rest,
            _ => return,
        }
    }
}

/// What went wrong, without the URL, which may hold a secret of the receiver's.
pub(crate) fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let stage = if error.is_timeout() {
        "timed out"
    } else if error.is_connect() {
        "could not connect"
    } else {
        "the call broke off"
    };
    format!("{stage}: {}", innermost(&error))
}

fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
