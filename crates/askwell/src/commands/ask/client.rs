//! The REST API as a patient client sees it.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::header::{ACCEPT_LANGUAGE, AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::commands::tell;
use crate::config::environment_variable;

/// How long the server is asked to hold one request.
const WAIT: Duration = Duration::from_secs(30);

/// First pause after a failure; each next is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Why it did not work out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The server does not take what was sent.
    Refused(String),
    /// The server stayed out of reach, or said what cannot be.
    Failed(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reason) => write!(f, "the server refused: {reason}"),
            Self::Failed(reason) => f.write_str(reason),
        }
    }
}

/// A server.
#[derive(Clone, Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    /// The same without a user and a password, for people and logs.
    shown: String,
    patience: Duration,
}

impl Client {
    /// A client for the server at `base` that tries again for as long as `patience`.
    ///
    /// # Errors
    /// `base` is no http or https address.
    pub(super) fn new(base: &str, token: Option<&str>, patience: Duration) -> anyhow::Result<Self> {
        let (builder, url) = speaker(base, token)?;
        let base = base.trim_end_matches('/').to_owned();
        let shown = match url.password() {
            None if url.username().is_empty() => base.clone(),
            _ => {
                url[..url::Position::BeforeUsername].to_owned() + url[url::Position::BeforeHost..].trim_end_matches('/')
            }
        };
        Ok(Self { http: builder.build()?, base, shown, patience })
    }

    /// The server's address, as it may be shown.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// Opens a session, once however often it is tried; returns its id.
    pub(super) async fn create(&self, body: &Value, key: &str) -> Result<String, Trouble> {
        let url = format!("{}/api/sessions", self.base);
        let request = || self.http.post(&url).header("Idempotency-Key", key).json(body).timeout(WAIT);
        let answer = self.patiently(request).await?;
        for warning in answer["warnings"].as_array().into_iter().flatten() {
            tell(&format!("warning: {} {}", warning["pointer"].as_str().unwrap_or(""), text_of(warning)));
        }
        answer["session_id"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| Trouble::Failed(format!("{} did not name a session: is it an Askwell server?", self.shown)))
    }

    /// Waits until the session is closed; returns it.
    pub(super) async fn closed(&self, id: &str) -> Result<Value, Trouble> {
        let url = format!("{}/api/sessions/{id}?wait={}", self.base, WAIT.as_secs());
        loop {
            let started = Instant::now();
            let mut answer = self.patiently(|| self.http.get(&url).timeout(WAIT + Duration::from_secs(15))).await?;
            let session = answer["session"].take();
            match session["status"].as_str() {
                Some("pending" | "active") => {}
                Some(_) => return Ok(session),
                None => return Err(Trouble::Failed(format!("{} did not say how the session stands", self.shown))),
            }
            // A server that is about to stop answers at once.
            if started.elapsed() < Duration::from_secs(1) {
                tokio::time::sleep(FIRST_PAUSE).await;
            }
        }
    }

    /// Cancels the session.
    pub(super) async fn cancel(&self, id: &str) -> Result<(), Trouble> {
        let url = format!("{}/api/sessions/{id}/cancel", self.base);
        let request = || self.http.post(&url).json(&json!({"reason": "interrupted"})).timeout(Duration::from_secs(5));
        let once = Self { patience: Duration::ZERO, ..self.clone() };
        once.patiently(request).await.map(|_| ())
    }

    /// Sends until an answer comes that is worth something.
    async fn patiently(&self, request: impl Fn() -> RequestBuilder) -> Result<Value, Trouble> {
        let mut failing_since: Option<Instant> = None;
        let mut pause = FIRST_PAUSE;
        loop {
            let (reason, asked_pause) = match send(request()).await {
                Ok(value) => return Ok(value),
                Err(Failure::Final(trouble)) => return Err(trouble),
                Err(Failure::Passing(reason, asked_pause)) => (reason, asked_pause),
            };
            let since = *failing_since.get_or_insert_with(|| {
                tell(&format!("{}: {reason}; trying again", self.shown));
                Instant::now()
            });
            if since.elapsed() >= self.patience {
                return Err(Trouble::Failed(format!(
                    "{} stayed out of reach for {} s: {reason}",
                    self.shown,
                    self.patience.as_secs()
                )));
            }
            tokio::time::sleep(asked_pause.unwrap_or(pause)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// What speaks to the server at `base`, with a token where there is one.
///
/// # Errors
/// `base` is no http or https address; the token is none.
pub(crate) fn speaker(base: &str, token: Option<&str>) -> anyhow::Result<(reqwest::ClientBuilder, Url)> {
    let url = Url::parse(base).with_context(|| format!("--server: {base:?} is no address"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        bail!("--server: found {base:?}, expected an http or https address");
    }
    let mut builder = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("askwell/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers(token)?);
    if matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
        builder = builder.no_proxy();
    }
    Ok((builder, url))
}

fn headers(token: Option<&str>) -> anyhow::Result<HeaderMap> {
    let mut headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, language())]);
    if let Some(token) = token {
        let mut value =
            HeaderValue::from_str(&format!("Bearer {token}")).context("the token holds what no token does")?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

/// The language of the server's reasons: the terminal's where it is Chinese, else that of our own words.
fn language() -> HeaderValue {
    let terminal = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(environment_variable).unwrap_or_default();
    HeaderValue::from_static(if terminal.starts_with("zh") { "zh-CN" } else { "en" })
}

enum Failure {
    /// Worth trying again, after the pause that the server asks for.
    Passing(String, Option<Duration>),
    /// Not worth it.
    Final(Trouble),
}

async fn send(request: RequestBuilder) -> Result<Value, Failure> {
    let passing = |error: reqwest::Error| Failure::Passing(root_cause(&error.without_url()), None);
    let response = request.send().await.map_err(passing)?;
    let status = response.status();
    let asked_pause = response
        .headers()
        .get(reqwest::header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .map(|seconds: u64| Duration::from_secs(seconds.min(60)));
    let bytes = response.bytes().await.map_err(passing)?;
    let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if status.is_success() {
        return Ok(value);
    }
    let reason = format!("{} ({})", text_of(&value), status.as_u16());
    let is_passing =
        status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    Err(if is_passing { Failure::Passing(reason, asked_pause) } else { Failure::Final(Trouble::Refused(reason)) })
}

/// The innermost reason: "Connection refused" rather than "error sending request".
pub(crate) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// What an error body says, with each finding.
pub(crate) fn text_of(body: &Value) -> String {
    let said = ["detail", "error", "message", "title", "code"].iter().find_map(|key| body[*key].as_str());
    let mut text = said.unwrap_or("no reason given").to_owned();
    for finding in body["errors"].as_array().into_iter().flatten() {
        let detail = finding["detail"].as_str().or(finding["code"].as_str()).unwrap_or_default();
        let place = finding["pointer"].as_str().or(finding["parameter"].as_str()).unwrap_or_default();
        text = format!("{text}; {place}: {detail}");
    }
    text
}
