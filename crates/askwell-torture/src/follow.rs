//! Followers of the feed: one polls it over REST from its beginning, one hears it over Socket.IO. Both go on after the
//! last cursor that they have, through all trouble; what they were given is compared with the feed afterwards.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clients::Rest;
use crate::clients::socketio::Socket;
use crate::ledger::{Heard, Ledger};
use crate::weather::Weather;

/// How often the feed is polled, and how soon after a break.
const PAUSE: Duration = Duration::from_millis(100);

/// A change as a follower was given it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Its cursor.
    pub(crate) cursor: String,
    /// The session.
    pub(crate) session: String,
    /// Its version.
    pub(crate) version: u64,
}

impl Step {
    /// Of a change as it stands on the wire.
    pub(crate) fn of(event: &Value) -> Option<Self> {
        Some(Self {
            cursor: event["cursor"].as_str()?.to_owned(),
            session: event["session_id"].as_str()?.to_owned(),
            version: event["version"].as_u64()?,
        })
    }
}

/// What a follower was given, in the order in which it came.
#[derive(Clone, Debug)]
pub(crate) struct Trail {
    /// Who: `feed`, `socket`.
    pub(crate) by: &'static str,
    /// All of it.
    pub(crate) steps: Vec<Step>,
}

/// Followers at work.
#[derive(Debug)]
pub(crate) struct Followers {
    trails: Arc<Mutex<Vec<Trail>>>,
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Followers {
    /// Starts one of each kind.
    pub(crate) fn start(rest: &Rest, ledger: &Ledger, weather: &Weather) -> Self {
        let trails = ["feed", "socket"].map(|by| Trail { by, steps: Vec::new() });
        let trails = Arc::new(Mutex::new(trails.to_vec()));
        let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
        let feed = poll(rest.clone(), weather.clone(), Arc::clone(&trails));
        let socket = listen(rest.base().to_owned(), ledger.clone(), weather.clone(), Arc::clone(&trails));
        let (feed_stop, socket_stop) = (stop.clone(), stop.clone());
        tasks.spawn(async move { feed_stop.run_until_cancelled(feed).await.unwrap_or_default() });
        tasks.spawn(async move { socket_stop.run_until_cancelled(socket).await.unwrap_or_default() });
        Self { trails, tasks, stop }
    }

    /// Waits until each has been given the change at `last`. Nothing changes any more.
    ///
    /// # Errors
    /// Who has not, in so long a time.
    pub(crate) async fn catch_up(&self, last: &str, patience: Duration) -> Result<(), String> {
        let began = Instant::now();
        loop {
            let behind: Vec<&str> = lock(&self.trails)
                .iter()
                .filter(|trail| trail.steps.last().is_none_or(|step| step.cursor.as_str() < last))
                .map(|trail| trail.by)
                .collect();
            if behind.is_empty() {
                return Ok(());
            }
            if began.elapsed() > patience {
                return Err(format!("{behind:?} were never given what lies at {last}"));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Stops them: what they were given.
    pub(crate) async fn stop(mut self) -> Vec<Trail> {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
        lock(&self.trails).clone()
    }
}

async fn poll(rest: Rest, weather: Weather, trails: Arc<Mutex<Vec<Trail>>>) {
    let mut after = String::new();
    loop {
        weather.fair().await;
        let path = if after.is_empty() { "/api/events".to_owned() } else { format!("/api/events?after={after}") };
        if let Ok(page) = rest.read(&path).await {
            lock(&trails)[0].steps.extend(page["events"].as_array().into_iter().flatten().filter_map(Step::of));
            after = page["next_cursor"].as_str().map_or(after, str::to_owned);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn listen(base: String, ledger: Ledger, weather: Weather, trails: Arc<Mutex<Vec<Trail>>>) {
    let mut after: Option<String> = None;
    loop {
        weather.fair().await;
        if let Ok((_socket, mut events)) = Socket::connect(&base, after.as_deref()).await {
            while let Some(event) = events.recv().await {
                if event.name == "connected" && after.is_none() {
                    after = event.body["cursor"].as_str().map(str::to_owned);
                }
                let is_change = event.name.starts_with("session_") || event.name == "new_session";
                let Some(step) = Step::of(&event.body).filter(|_| is_change) else { continue };
                after = Some(step.cursor.clone());
                let session = if event.name == "new_session" { &event.body } else { &event.body["session"] };
                ledger.heard(&step.session, Heard { by: "socket", session: session.clone(), at: event.at });
                lock(&trails)[1].steps.push(step);
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
