//! The wiring of `askwell`, with a VFS, a clock and decorators of our choice.
//!
//! Job: a whole server in this process, on a runtime of its own, that is stopped as asked or abandoned as by a power
//! cut; and the same as a process of its own, for the phases that kill. Invariant: what lies between the HTTP socket
//! and the disk is the product's own code, except for the one bug that is planted. Neighbours:
//! `crates/askwell/src/wiring.rs`, which this follows; `vfs`, `ports`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use askwell_app::ports::{Blobs, Clock, Sender, Store};
use askwell_app::{App, FileSettings, Parts, RateLimits, Settings};
use askwell_core::access::Policy;
use askwell_core::session::Limits;
use askwell_delivery::{Egress, Mode, WebhookOptions, WebhookSecret, WebhookSender};
use askwell_files::DiskBlobs;
use askwell_identity::Argon2Passwords;
use askwell_server::{Doors, LimitsOptions, ServerOptions};
use askwell_sqlite::{SqliteOptions, SqliteStore, Synchronous};
use clap::Args;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::clients::Receiver;
use crate::plant::Plant;
use crate::ports::{PlantedBlobs, PlantedSender, PlantedStore, SteppableClock, SystemIds, WallOffset, WallOnly};
use crate::vfs::{self, Machine};

/// What the database is called, on a machine of ours and in a folder.
pub(crate) const DATABASE: &str = "askwell.db";

/// How long a start or a graceful stop may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What `serve` takes.
#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// Where the data is.
    #[arg(long)]
    pub(crate) data_dir: PathBuf,
    /// The port, 0 for a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// The bug that is planted.
    #[arg(long)]
    pub(crate) plant: Option<Plant>,
}

/// What a server is made of.
#[derive(Clone, Debug)]
pub(crate) struct Wiring {
    /// The database.
    pub(crate) database: SqliteOptions,
    /// Where uploads go.
    pub(crate) files: PathBuf,
    /// The port on loopback, 0 for a free one.
    pub(crate) port: u16,
    /// How far the wall clock is off.
    pub(crate) wall: WallOffset,
    /// The bug that is planted.
    pub(crate) plant: Option<Plant>,
}

impl Wiring {
    /// On a machine whose power can be cut; only uploads are on the real disk.
    ///
    /// # Errors
    /// SQLite does not take the VFS.
    pub(crate) fn on_machine(machine: &Machine, files: &Path, plant: Option<Plant>) -> anyhow::Result<Self> {
        vfs::register()?;
        let mut database = SqliteOptions::new(machine.path(DATABASE));
        database.vfs = Some(vfs::NAME.to_owned());
        Ok(Self { database, files: files.to_owned(), port: 0, wall: WallOffset::default(), plant })
    }

    /// In a folder of the real disk.
    pub(crate) fn in_folder(folder: &Path, port: u16, plant: Option<Plant>) -> Self {
        let database = SqliteOptions::new(folder.join(DATABASE));
        Self { database, files: folder.join("files"), port, wall: WallOffset::default(), plant }
    }

    fn parts(&self, store: Arc<dyn Store>) -> anyhow::Result<Parts> {
        let clock = SteppableClock::start(&self.wall);
        let clock: Arc<dyn Clock> = match self.plant {
            Some(Plant::WallForSteady) => Arc::new(WallOnly(clock)),
            _ => Arc::new(clock),
        };
        let blobs: Arc<dyn Blobs> = Arc::new(DiskBlobs::open(&self.files).context("the folder of uploads")?);
        let sender: Arc<dyn Sender> = sender()?;
        Ok(Parts {
            store: match self.plant {
                Some(plant) => Arc::new(PlantedStore::new(store, plant)),
                None => store,
            },
            blobs: if self.plant == Some(Plant::LostUpload) { Arc::new(PlantedBlobs(blobs)) } else { blobs },
            sender: if self.plant == Some(Plant::ChangedCallback) { Arc::new(PlantedSender(sender)) } else { sender },
            clock,
            ids: Arc::new(SystemIds),
            passwords: Arc::new(Argon2Passwords::start().context("no thread for hashing passwords")?),
            bearer: None,
            provider: None,
            passkeys: None,
            notifier: None,
            resume: askwell_server::resume,
        })
    }

    fn open_store(&self) -> anyhow::Result<Arc<SqliteStore>> {
        let mut database = self.database.clone();
        if self.plant == Some(Plant::NormalForFull) {
            database.synchronous = Synchronous::Normal;
        }
        Ok(Arc::new(SqliteStore::open(database).context("the database cannot be opened")?))
    }

    /// Serves until `stop`, then stops gracefully. Calls `listening` once connections are accepted.
    async fn serve(
        self,
        listening: impl FnOnce(SocketAddr, &Arc<SqliteStore>) + Send,
        stop: impl Future<Output = ()> + Send,
    ) -> anyhow::Result<()> {
        let store = self.open_store()?;
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.context("the port is taken")?;
        let address = listener.local_addr()?;
        let app = App::new(self.parts(Arc::clone(&store) as _)?, settings());
        app.start().await.context("the database cannot be read")?;
        listening(address, &store);
        let router = askwell_server::router(app.clone(), ServerOptions::default());
        let stopping = async move {
            stop.await;
            app.stop().await;
        };
        let doors = Doors { listeners: vec![listener], ..Doors::default() };
        let limits = LimitsOptions { drain_timeout: Duration::from_secs(8), ..LimitsOptions::default() };
        askwell_server::serve(doors, router, limits, stopping).await?;
        store.close().await;
        Ok(())
    }
}

/// What sends callbacks: one for all servers of this process, as it reads the system's certificates, which takes longer
/// than a server takes to start. It keeps no connection from one call to the next.
fn sender() -> anyhow::Result<Arc<WebhookSender>> {
    static SENDER: Mutex<Option<Arc<WebhookSender>>> = Mutex::new(None);
    let mut made = SENDER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(sender) = &*made {
        return Ok(Arc::clone(sender));
    }
    let sender = WebhookSender::new(WebhookOptions {
        secret: WebhookSecret::parse(Receiver::SECRET)?,
        egress: Egress { mode: Mode::Development, allow_networks: Vec::new(), allow_hosts: Vec::new() },
        timeout: Duration::from_secs(10),
        clock: Arc::new(SteppableClock::start(&WallOffset::default())),
    })?;
    Ok(Arc::clone(made.insert(Arc::new(sender))))
}

fn settings() -> Settings {
    Settings {
        limits: Limits {
            default_timeout: Duration::from_mins(5),
            review_timeout: Duration::from_mins(20),
            max_timeout: Duration::from_hours(24),
        },
        files: FileSettings::default(),
        keep_closed: None,
        cleanup_interval: Duration::from_mins(1),
        policy: Policy::default(),
        accounts: None,
        rate_limits: RateLimits::default(),
    }
}

/// A server in this process, on threads of its own.
pub(crate) struct Node {
    runtime: Option<Runtime>,
    stop: CancellationToken,
    ended: oneshot::Receiver<anyhow::Result<()>>,
    address: SocketAddr,
    store: Arc<SqliteStore>,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Node").field(&self.address).finish()
    }
}

impl Node {
    /// Starts one; returns once it accepts connections.
    ///
    /// # Errors
    /// What kept it from starting.
    pub(crate) async fn start(wiring: Wiring) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let stop = CancellationToken::new();
        let (told, listening) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let stopping = stop.clone().cancelled_owned();
        runtime.spawn(async move {
            let listening = |address, store: &Arc<SqliteStore>| drop(told.send((address, Arc::clone(store))));
            let _ = end.send(wiring.serve(listening, stopping).await);
        });
        match tokio::time::timeout(PATIENCE, listening).await {
            Ok(Ok((address, store))) => Ok(Self { runtime: Some(runtime), stop, ended, address, store }),
            heard => {
                // What was to tell the address is gone: the server has ended, and says why.
                let why = if heard.is_ok() { ended.await.ok() } else { None };
                runtime.shutdown_background();
                match why {
                    Some(Err(error)) => Err(error),
                    _ => anyhow::bail!("the server did not start in time"),
                }
            }
        }
    }

    /// Where it listens, `http://127.0.0.1:PORT`.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The engine, past every planted bug.
    pub(crate) fn store(&self) -> &SqliteStore {
        &self.store
    }

    /// Lets go of it where it stands, as when its power is cut. Switch the machine off first.
    pub(crate) fn abandon(mut self) {
        self.drop_runtime();
    }

    /// Stops it gracefully.
    ///
    /// # Errors
    /// It ended otherwise, or not in time.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.stop.cancel();
        let ended = tokio::time::timeout(PATIENCE, &mut self.ended).await;
        self.drop_runtime();
        ended.context("the server did not stop in time")?.context("the server broke off")?
    }

    fn drop_runtime(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.drop_runtime();
    }
}

/// Serves until SIGTERM. Prints `listens at http://127.0.0.1:PORT` once connections are accepted.
///
/// # Errors
/// What kept it from starting.
pub(crate) async fn serve(options: ServeOptions) -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let [mut interrupt, mut terminate] =
        [signal(SignalKind::interrupt()).context("SIGINT")?, signal(SignalKind::terminate()).context("SIGTERM")?];
    std::fs::create_dir_all(&options.data_dir).context("the data directory")?;
    let wiring = Wiring::in_folder(&options.data_dir, options.port, options.plant);
    let stop = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    wiring.serve(|address, _| println!("listens at http://{address}"), stop).await
}
