//! A sender that calls nobody: it says what it was told to say and remembers what it was asked to send.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use askwell_app::ports::{Delivery, FetchError, FetchRequest, Fetched, Permission, Sender, Sent};
use async_trait::async_trait;
use tokio::sync::watch;

/// A sender that calls nobody. Without a script every call comes back with 200.
#[derive(Debug, Default)]
pub struct ScriptedSender {
    script: Mutex<VecDeque<Sent>>,
    sent: Mutex<Vec<Delivery>>,
    refusal: Mutex<Option<(String, String)>>,
    replies: Mutex<HashMap<String, VecDeque<Result<Fetched, FetchError>>>>,
    fetched: Mutex<Vec<FetchRequest>>,
    judged: Mutex<usize>,
    calls: watch::Sender<usize>,
    held: watch::Sender<bool>,
}

impl ScriptedSender {
    /// A sender whose next calls come back with `script`, one after the other.
    #[must_use]
    pub fn new(script: impl IntoIterator<Item = Sent>) -> Self {
        Self { script: Mutex::new(script.into_iter().collect()), ..Self::default() }
    }

    /// A status, without `Retry-After`.
    #[must_use]
    pub fn status(status: u16) -> Sent {
        Sent::Status { status, retry_after: None }
    }

    /// Adds to the script.
    pub fn then(&self, sent: Sent) {
        self.script.lock().unwrap().push_back(sent);
    }

    /// From now on no address may be called, by the rule `setting`.
    pub fn refuse(&self, reason: &str, setting: &str) {
        *self.refusal.lock().unwrap() = Some((reason.to_owned(), setting.to_owned()));
    }

    /// From now on every address may be called.
    pub fn allow(&self) {
        *self.refusal.lock().unwrap() = None;
    }

    /// From now on calls last until [`Self::let_go`].
    pub fn hold(&self) {
        self.held.send_replace(true);
    }

    /// Lets calls come back.
    pub fn let_go(&self) {
        self.held.send_replace(false);
    }

    /// Waits until it has been called `count` times.
    pub async fn called(&self, count: usize) {
        self.calls.subscribe().wait_for(|calls| *calls >= count).await.unwrap();
    }

    /// From now on a fetch of `url` comes back with `reply`, after those that were set before; the last one for ever.
    pub fn reply(&self, url: &str, reply: Result<Fetched, FetchError>) {
        self.replies.lock().unwrap().entry(url.to_owned()).or_default().push_back(reply);
    }

    /// From now on a fetch of `url` comes back with this document.
    pub fn publish(&self, url: &str, document: &serde_json::Value) {
        self.replies.lock().unwrap().remove(url);
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        self.reply(url, Ok(Fetched { status: 200, headers, body: document.to_string().into_bytes() }));
    }

    /// All that was asked to be fetched, in order.
    #[must_use]
    pub fn fetched(&self) -> Vec<FetchRequest> {
        self.fetched.lock().unwrap().clone()
    }

    /// How often it was asked whether an address may be called.
    #[must_use]
    pub fn judged(&self) -> usize {
        *self.judged.lock().unwrap()
    }

    /// All that was asked to be sent, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Delivery> {
        self.sent.lock().unwrap().clone()
    }
}

#[async_trait]
impl Sender for ScriptedSender {
    async fn send(&self, delivery: &Delivery) -> Sent {
        self.sent.lock().unwrap().push(delivery.clone());
        self.calls.send_modify(|calls| *calls += 1);
        self.held.subscribe().wait_for(|held| !held).await.unwrap();
        if let Some((reason, _)) = &*self.refusal.lock().unwrap() {
            return Sent::Refused { reason: reason.clone() };
        }
        self.script.lock().unwrap().pop_front().unwrap_or_else(|| Self::status(200))
    }

    async fn permission(&self, _url: &str) -> Permission {
        *self.judged.lock().unwrap() += 1;
        match &*self.refusal.lock().unwrap() {
            Some((reason, setting)) => Permission::Refused { reason: reason.clone(), setting: setting.clone() },
            None => Permission::Allowed,
        }
    }

    async fn fetch(&self, request: FetchRequest) -> Result<Fetched, FetchError> {
        let url = request.url.clone();
        self.fetched.lock().unwrap().push(request);
        self.calls.send_modify(|calls| *calls += 1);
        self.held.subscribe().wait_for(|held| !held).await.unwrap();
        let mut replies = self.replies.lock().unwrap();
        let reply = match replies.get_mut(&url) {
            Some(replies) if replies.len() > 1 => replies.pop_front(),
            Some(replies) => replies.front().cloned(),
            None => None,
        };
        reply.unwrap_or_else(|| Err(FetchError(format!("nobody answers at {url}"))))
    }
}
