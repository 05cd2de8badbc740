//! A client over REST. A reply is one of three: told that it happened, refused, or nobody knows.

use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

/// Longer than any reply may take, but for waits, which add their patience.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why nothing was acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The server said no: status, code and what it said in words.
    Told(u16, String, String),
    /// The connection broke, or nothing came in time: it may have happened, or not.
    Unsure(String),
}

impl Refusal {
    /// Whether it may have happened all the same. A 5xx is no promise that it has not.
    pub(crate) fn is_unsure(&self) -> bool {
        !matches!(self, Self::Told(400..500, ..))
    }
}

/// One client of one server. Clones share their connections.
#[derive(Clone, Debug)]
pub(crate) struct Rest {
    base: String,
    http: Client,
}

impl Rest {
    /// A client of the server at `base`, e.g. `http://127.0.0.1:8096`.
    ///
    /// # Errors
    /// The HTTP client could not be made.
    pub(crate) fn new(base: impl Into<String>) -> anyhow::Result<Self> {
        // Without the system's certificates, which take longer to read than a server takes to start.
        let http = Client::builder().no_proxy().tls_certs_only([]).connect_timeout(Duration::from_secs(5)).build();
        Ok(Self { base: base.into(), http: http.context("the HTTP client could not be made")? })
    }

    /// The server's address.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Opens a session; the whole reply.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn create(&self, key: &str, body: &Value) -> Result<Value, Refusal> {
        send(self.post("/api/sessions").header("Idempotency-Key", key).json(body), PATIENCE).await
    }

    /// Answers a session; the session as it then is.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn respond(&self, id: &str, user: &str, response: &Value) -> Result<Value, Refusal> {
        let request = self.post(&format!("/api/sessions/{id}/respond"));
        let mut reply = send(request.json(&json!({ "response": response, "user_id": user })), PATIENCE).await?;
        Ok(reply["session"].take())
    }

    /// Cancels a session; the session as it then is.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn cancel(&self, id: &str, user: &str, reason: &str) -> Result<Value, Refusal> {
        let request = self.post(&format!("/api/sessions/{id}/cancel"));
        let mut reply = send(request.json(&json!({ "reason": reason, "user_id": user })), PATIENCE).await?;
        Ok(reply["session"].take())
    }

    /// A session, at once or when it closes, at the latest after `wait`.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn session(&self, id: &str, wait: Option<Duration>) -> Result<Value, Refusal> {
        let query = wait.map(|wait| format!("?wait={}", wait.as_secs_f64())).unwrap_or_default();
        let patience = PATIENCE + wait.unwrap_or_default();
        let mut reply = send(self.get(&format!("/api/sessions/{id}{query}")), patience).await?;
        Ok(reply["session"].take())
    }

    /// Uploads a file; what is known of it.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn upload(&self, id: &str, name: &str, bytes: Bytes) -> Result<Value, Refusal> {
        let form = Form::new().part("file", Part::stream(bytes).file_name(name.to_owned()));
        let mut reply = send(self.post(&format!("/api/sessions/{id}/files")).multipart(form), PATIENCE).await?;
        Ok(reply["file"].take())
    }

    /// Downloads a file.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn download(&self, id: &str, file: &str) -> Result<Bytes, Refusal> {
        let sent = self.get(&format!("/api/sessions/{id}/files/{file}")).timeout(PATIENCE).send().await;
        let reply = sent.map_err(unsure)?;
        if !reply.status().is_success() {
            return Err(refusal(reply).await);
        }
        reply.bytes().await.map_err(unsure)
    }

    /// Whatever is at `path`, e.g. `/api/statistics`.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn read(&self, path: &str) -> Result<Value, Refusal> {
        send(self.get(path), PATIENCE).await
    }

    /// Whatever a POST without a body does at `path`.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn write(&self, path: &str) -> Result<Value, Refusal> {
        send(self.post(path), PATIENCE).await
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.base))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.base))
    }
}

async fn send(request: RequestBuilder, patience: Duration) -> Result<Value, Refusal> {
    let reply = request.timeout(patience).send().await.map_err(unsure)?;
    if !reply.status().is_success() {
        return Err(refusal(reply).await);
    }
    reply.json().await.map_err(unsure)
}

async fn refusal(reply: Response) -> Refusal {
    let status = reply.status().as_u16();
    let body: Value = reply.json().await.unwrap_or_default();
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    Refusal::Told(status, text("code"), text("detail"))
}

fn unsure(error: reqwest::Error) -> Refusal {
    Refusal::Unsure(format!("{:#}", anyhow::Error::from(error)))
}
