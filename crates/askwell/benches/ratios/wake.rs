//! From `App::respond` called to the parked `App::wait` returned, against one `Store::commit`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use askwell_app::ports::{
    BlobError, BlobWrite, Blobs, ByteStream, Clock, Commit, Delivery, FetchError, FetchRequest, Fetched, Ids, Lane,
    Permission, Sender, Sent, SessionStore as _, StoredBlob,
};
use askwell_app::{App, Caller, Channel, FileSettings, OpenRequest, Parts, RateLimits, RespondRequest, Settings};
use askwell_core::access::{GuestId, LoginId, Person, Policy, TokenId};
use askwell_core::ids::{DeliveryId, FileId, SessionId};
use askwell_core::session::Command;
use askwell_core::{Now, Session, decide};
use async_trait::async_trait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::CREATE;
use crate::store::{create, draft, limits, now, open_store};
use crate::{Effort, median};

/// The world around the application, reduced to what answering needs.
struct World;

#[async_trait]
impl Clock for World {
    fn now(&self) -> Now {
        now()
    }
    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark needs no repeatable ids")]
impl Ids for World {
    fn session(&self) -> SessionId {
        SessionId(Uuid::now_v7())
    }
    fn delivery(&self) -> DeliveryId {
        DeliveryId(Uuid::now_v7())
    }
    fn file(&self) -> FileId {
        FileId(Uuid::now_v7())
    }
    fn token(&self) -> TokenId {
        TokenId(Uuid::now_v7())
    }
    fn login(&self) -> LoginId {
        LoginId(Uuid::now_v7())
    }
    fn guest(&self) -> GuestId {
        GuestId(Uuid::now_v7())
    }
    fn secret(&self) -> [u8; 32] {
        [0; 32]
    }
    fn chance(&self) -> f64 {
        0.5
    }
}

#[async_trait]
impl Sender for World {
    async fn send(&self, _: &Delivery) -> Sent {
        Sent::Failed { reason: "nothing is sent here".to_owned() }
    }
    async fn permission(&self, _: &str) -> Permission {
        Permission::Allowed
    }
    async fn fetch(&self, _: FetchRequest) -> Result<Fetched, FetchError> {
        Err(FetchError("nothing is fetched here".to_owned()))
    }
}

#[async_trait]
impl Blobs for World {
    async fn write(&self, _: BlobWrite, _: ByteStream) -> Result<StoredBlob, BlobError> {
        Err(BlobError::Missing)
    }
    async fn read(&self, _: FileId) -> Result<ByteStream, BlobError> {
        Err(BlobError::Missing)
    }
    async fn remove(&self, _: FileId) -> Result<(), BlobError> {
        Ok(())
    }
    async fn older_than(&self, _: Duration) -> Result<Vec<FileId>, BlobError> {
        Ok(Vec::new())
    }
}

pub(crate) async fn respond_wake_vs_commit(effort: Effort) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(&folder.path().join("wake.db"));
    let world = Arc::new(World);
    let parts = Parts {
        store: Arc::clone(&store) as _,
        blobs: Arc::clone(&world) as _,
        sender: Arc::clone(&world) as _,
        clock: Arc::clone(&world) as _,
        ids: world,
        passwords: Arc::new(askwell_identity::Argon2Passwords::start().unwrap()),
        bearer: None,
        provider: None,
        passkeys: None,
        notifier: None,
    };
    let settings = Settings {
        limits: limits(),
        files: FileSettings::default(),
        keep_closed: None,
        cleanup_interval: Duration::from_mins(1),
        policy: Policy::default(),
        accounts: None,
        rate_limits: RateLimits::default(),
    };
    let app = App::new(parts, settings);
    app.start().await.unwrap();
    let mut ratios = Vec::new();
    for _ in 0..effort.rounds {
        let (mut wakes, mut commits) = (Vec::new(), Vec::new());
        for _ in 0..200 {
            wakes.push(wake(&app).await);
            commits.push(commit(&store).await);
        }
        let (wake, commit) = (p50(wakes), p50(commits));
        println!("  answer to woken waiter {:.0} µs, commit {:.0} µs", wake * 1e6, commit * 1e6);
        ratios.push(wake / commit);
    }
    app.stop().await;
    median(ratios)
}

fn p50(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

async fn wake(app: &App) -> f64 {
    let caller = Caller::local(Channel::Rest, "en", "bench");
    let request = OpenRequest { body: serde_json::from_str(CREATE).unwrap(), idempotency_key: None, request_id: None };
    let id = app.open(&caller, request).await.unwrap().stored.session.id();
    let mut waiter = tokio::task::JoinSet::new();
    let (waiting, waiting_caller) = (app.clone(), caller.clone());
    waiter.spawn(async move {
        waiting.wait(&waiting_caller, id, Duration::from_mins(1)).await.unwrap();
        Instant::now()
    });
    // Parked long before this is over.
    tokio::time::sleep(Duration::from_millis(3)).await;
    let start = Instant::now();
    let answer = RespondRequest { response: json!({"choice": "deploy"}), ..RespondRequest::default() };
    app.respond(&caller, id, answer).await.unwrap();
    waiter.join_next().await.unwrap().unwrap().duration_since(start).as_secs_f64()
}

/// One answer's commit by itself, in the same rhythm.
async fn commit(store: &askwell_sqlite::SqliteStore) -> f64 {
    let opened = create(&draft(), World.session());
    let session = opened.session.clone();
    store.commit(opened).await.unwrap();
    let by = Person { id: "local".to_owned(), verified: false };
    let events = decide(&session, Command::Cancel { by, reason: "measured".to_owned() }, &now()).unwrap();
    let commit = Commit {
        expected: session.version,
        session: events.iter().fold(session, Session::apply),
        events,
        deliveries: Vec::new(),
        idempotency: None,
        files: Vec::new(),
        standing: None,
        audit: None,
        lane: Lane::Decide,
    };
    tokio::time::sleep(Duration::from_millis(3)).await;
    let start = Instant::now();
    store.commit(commit).await.unwrap();
    start.elapsed().as_secs_f64()
}
