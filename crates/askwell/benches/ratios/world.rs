//! The world around the application, reduced to what asking and answering needs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use askwell_app::ports::{
    BlobError, BlobWrite, Blobs, ByteStream, Clock, Delivery, FetchError, FetchRequest, Fetched, Ids, Permission,
    Sender, Sent, StoredBlob,
};
use askwell_app::{App, FileSettings, Parts, RateLimits, Settings};
use askwell_core::Now;
use askwell_core::access::{GuestId, LoginId, Policy, TokenId};
use askwell_core::ids::{DeliveryId, FileId, RunId, SessionId};
use askwell_core::session::Limits;
use askwell_identity::Argon2Passwords;
use askwell_sqlite::SqliteStore;
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

/// Real time and ids; no calls, no uploads.
pub(crate) struct World {
    run: RunId,
    wall_at_start: Timestamp,
    started: Instant,
}

impl World {
    pub(crate) fn start() -> Arc<Self> {
        Arc::new(Self { run: RunId(new_uuid()), wall_at_start: wall(), started: Instant::now() })
    }
}

/// The application on a store, as the binary wires it without accounts.
pub(crate) fn app(store: &Arc<SqliteStore>) -> App {
    let world = World::start();
    let parts = Parts {
        store: Arc::clone(store) as _,
        blobs: Arc::clone(&world) as _,
        sender: Arc::clone(&world) as _,
        clock: Arc::clone(&world) as _,
        ids: world,
        passwords: Arc::new(Argon2Passwords::start().unwrap()),
        bearer: None,
        provider: None,
        passkeys: None,
        notifier: None,
        resume: askwell_server::resume,
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
    App::new(parts, settings)
}

pub(crate) fn limits() -> Limits {
    let month = Duration::from_hours(24 * 30);
    Limits { default_timeout: Duration::from_mins(5), review_timeout: Duration::from_mins(20), max_timeout: month }
}

/// In whole milliseconds, as the binary's clock has it.
#[expect(clippy::disallowed_methods, reason = "a benchmark is a world of its own")]
pub(crate) fn wall() -> Timestamp {
    Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap()
}

/// In milliseconds since 1970, with all that the system knows of their parts.
#[expect(clippy::disallowed_methods, reason = "a benchmark is a world of its own")]
pub(crate) fn wall_ms() -> f64 {
    Timestamp::now().as_microsecond() as f64 / 1e3
}

#[expect(clippy::disallowed_methods, reason = "a benchmark needs no repeatable ids")]
pub(crate) fn new_uuid() -> Uuid {
    Uuid::now_v7()
}

#[async_trait]
impl Clock for World {
    fn now(&self) -> Now {
        let steady = self.wall_at_start.saturating_add(self.started.elapsed()).unwrap();
        let steady = Timestamp::from_millisecond(steady.as_millisecond()).unwrap();
        Now { wall: wall(), steady, run: self.run }
    }
    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

impl Ids for World {
    fn session(&self) -> SessionId {
        SessionId(new_uuid())
    }
    fn delivery(&self) -> DeliveryId {
        DeliveryId(new_uuid())
    }
    fn file(&self) -> FileId {
        FileId(new_uuid())
    }
    fn token(&self) -> TokenId {
        TokenId(new_uuid())
    }
    fn login(&self) -> LoginId {
        LoginId(new_uuid())
    }
    fn guest(&self) -> GuestId {
        GuestId(new_uuid())
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
