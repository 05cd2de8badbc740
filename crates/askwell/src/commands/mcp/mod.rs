//! `askwell mcp`: the Model Context Protocol over standard input and output.
//!
//! The tools are the server's: this passes messages on to its `/mcp`, be it
//! far away, the one that owns the data directory, or one that is started here
//! and ends with this. Where that ends before its time, another that used it,
//! too, starts one. Standard output carries messages alone.

mod exchange;
mod relay;
mod session;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clap::Args;
use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use self::exchange::{Door, Successor, Upstream};
use super::ask::token_for;
use super::tell;
use crate::cli::Settings;
use crate::config::{self, Config, environment_variable};
use crate::place::{Held, Place, Running, Tenure, running, webhook_secret};
use crate::telemetry;
use crate::wiring::{Listening, Parts, SystemClock, SystemIds, run_server, stop_requested};

/// How long a server that holds the data directory may take to say where it listens.
const STARTING: Duration = Duration::from_secs(10);

/// Which server to speak for.
#[derive(Args, Clone, Debug)]
pub(crate) struct McpArgs {
    /// The server; else the variable `ASKWELL_SERVER`, else the one that owns the data directory.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Where the token stands that is asked with; else the variable `ASKWELL_TOKEN`, else what `askwell login` kept.
    #[arg(long, value_name = "FILE")]
    token_file: Option<std::path::PathBuf>,
    /// Where the configuration is, for the data directory.
    #[command(flatten)]
    settings: Settings,
}

/// Passes messages on until standard input ends.
pub(crate) async fn run(args: &McpArgs) -> anyhow::Result<()> {
    let stop = stop_requested();
    if let Some(url) = args.server.clone().or_else(|| environment_variable("ASKWELL_SERVER")) {
        return relay::run(Upstream::new(args.door(&url)?), stop).await;
    }
    let config::Loaded { config, notices } = args.settings.load()?;
    for notice in &notices {
        tell(notice);
    }
    let (starts, mut started) = mpsc::channel(1);
    let server = async move {
        match started.recv().await {
            Some(server) => server.await,
            None => Ok(()),
        }
    };
    let messages = async {
        // Dropped last: then a server that was started here ends.
        let (_end, ended) = oneshot::channel();
        let ended = Arc::new(Mutex::new(Some(ended)));
        let here = Here { args: args.clone(), config, starts, ended, is_for_now: Arc::default() };
        let upstream = match here.place_or_door().await? {
            Way::Place(place) => here.start(place).await.map(Upstream::new),
            Way::Door(door) => Some(Upstream::new(door).found(here.successor())),
        };
        // A server that does not listen says itself why.
        let Some(upstream) = upstream else { return Ok(()) };
        relay::run(upstream, stop).await
    };
    let (served, passed) = futures::future::join(server, messages).await;
    served.and(passed)
}

impl McpArgs {
    /// The way in to the server at `url`.
    fn door(&self, url: &str) -> anyhow::Result<Door> {
        Door::new(url, token_for(url, self.token_file.as_deref())?.as_deref())
    }
}

/// A server, for as long as it runs.
type Server = BoxFuture<'static, anyhow::Result<()>>;

/// To a server that speaks with the data directory.
enum Way {
    /// It is free: a server is to be started.
    Place(Place),
    /// Somebody's server holds it.
    Door(Door),
}

/// This machine, on which a server runs or may be started.
#[derive(Clone)]
struct Here {
    args: McpArgs,
    config: Config,
    starts: mpsc::Sender<Server>,
    /// Comes when the server is to end; taken by the one that is started.
    ended: Arc<Mutex<Option<oneshot::Receiver<()>>>>,
    /// Whether the server that was found last ends with whoever it is run beside: else nobody takes its place.
    is_for_now: Arc<AtomicBool>,
}

impl Here {
    /// The data directory, or the way in to the server that holds it.
    async fn place_or_door(&self) -> anyhow::Result<Way> {
        let look = async {
            loop {
                match Place::take(&self.config) {
                    Ok(place) => return Ok(Way::Place(place)),
                    Err(error) if !error.is::<Held>() => return Err(error),
                    Err(_) => {}
                }
                if let Some(door) = self.found() {
                    return door.map(Way::Door);
                }
                // Whoever holds it begins, or ends.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        match tokio::time::timeout(STARTING, look).await {
            Ok(way) => way,
            Err(_) => Place::take(&self.config).map(Way::Place),
        }
    }

    /// The way in to the server that holds the data directory, if it has said where it listens.
    fn found(&self) -> Option<anyhow::Result<Door>> {
        let Running { url, tenure } = running(&self.config)?;
        self.is_for_now.store(tenure == Tenure::ForNow, Ordering::Release);
        Some(self.args.door(&url))
    }

    /// What there is in place of a server that has ended: whoever sees so first starts one, the others find it.
    fn successor(&self) -> Successor {
        let here = self.clone();
        Box::new(move || {
            let here = here.clone();
            Box::pin(async move {
                if here.is_for_now.load(Ordering::Acquire)
                    && let Ok(place) = Place::take(&here.config)
                {
                    return here.start(place).await;
                }
                here.found()?.ok()
            })
        })
    }

    /// Starts a server beside the messages; nothing where it does not come to listen.
    async fn start(&self, place: Place) -> Option<Door> {
        let ended = lock(&self.ended).take()?;
        let (listens, listening) = oneshot::channel();
        let config = for_one_machine(self.config.clone());
        let server = async move {
            let _logs = telemetry::start_logs(&config.logging, config.log_level())?;
            let metrics = telemetry::start_metrics()?;
            let webhook_secret = webhook_secret(&config)?;
            let clock = Arc::new(SystemClock::start());
            let place = place.for_now();
            let parts = Parts { config, place, clock, ids: Arc::new(SystemIds), metrics, webhook_secret };
            let tell_where = |listening: Listening| {
                let _ = listens.send(listening.address);
            };
            let end = async {
                // Whoever drops it has ended, too.
                let _ = ended.await;
            };
            run_server(parts, tell_where, end).await
        };
        self.starts.send(Box::pin(server)).await.ok()?;
        let url = format!("http://{}", listening.await.ok()?);
        tell(&format!("people answer at {url}, for as long as this runs"));
        self.args.door(&url).ok()
    }
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    // Poisoned it is whole: no panic can happen between its changes.
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Loopback, any free port, and no name but that: nobody else is meant to come here.
fn for_one_machine(mut config: Config) -> Config {
    let server = &mut config.server;
    server.host = config::Host("127.0.0.1".to_owned());
    server.port = 0;
    server.public_url = None;
    server.tls_certificate = None;
    server.tls_key = None;
    config
}
