//! A receiver of callbacks that keeps all that it is sent, and misbehaves when told to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How long a receiver that hangs keeps a call: longer than a sender waits.
const HANG: Duration = Duration::from_mins(1);

/// How a receiver behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes it.
    Well,
    /// Takes it in, and says this status.
    Fails(u16),
    /// Says nothing at all.
    Hangs,
}

/// One call, taken or not.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// `webhook-id`.
    pub(crate) id: String,
    /// As it came.
    pub(crate) body: Bytes,
    /// Whether the signature fits.
    pub(crate) signature: Result<(), String>,
    /// Whether it was answered with a 2xx.
    pub(crate) taken: bool,
    /// When it came.
    pub(crate) at: Instant,
}

struct Shared {
    mood: Mutex<Mood>,
    calls: Mutex<Vec<Call>>,
    secret: Webhook,
}

/// A receiver on a port of its own. It ends when dropped.
pub(crate) struct Receiver {
    shared: Arc<Shared>,
    url: String,
    serving: JoinHandle<()>,
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Receiver").field(&self.url).finish()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Receiver {
    /// The secret that servers of this program sign with.
    pub(crate) const SECRET: &str = "whsec_dG9ydHVyZSB0b3J0dXJlIHRvcnR1cmUgdG9ydHVyZQ==";

    /// Starts one on loopback.
    ///
    /// # Errors
    /// No port is free.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no port for a receiver")?;
        let url = format!("http://{}/callback", listener.local_addr()?);
        let secret = Webhook::new(Self::SECRET).context("the secret of callbacks")?;
        let shared = Arc::new(Shared { mood: Mutex::new(Mood::Well), calls: Mutex::default(), secret });
        let router = Router::new().route("/callback", post(take)).with_state(Arc::clone(&shared));
        #[expect(clippy::disallowed_methods, reason = "ends with the receiver, by its handle")]
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { shared, url, serving })
    }

    /// Where callbacks go.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How it behaves from now on.
    pub(crate) fn set(&self, mood: Mood) {
        *lock(&self.shared.mood) = mood;
    }

    /// What came until now, in order.
    pub(crate) fn calls(&self) -> Vec<Call> {
        lock(&self.shared.calls).clone()
    }
}

async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let at = Instant::now();
    let mood = *lock(&shared.mood);
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let signature = shared.secret.verify(&body, &headers).map_err(|error| error.to_string());
    lock(&shared.calls).push(Call { id, body, signature, taken: mood == Mood::Well, at });
    match mood {
        Mood::Well => StatusCode::OK,
        Mood::Fails(status) => StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        Mood::Hangs => {
            tokio::time::sleep(HANG).await;
            StatusCode::OK
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
