//! `askwell mcp`: the Model Context Protocol over standard input and output.
//!
//! The tools are the server's: this passes messages on to its `/mcp`, be it
//! far away, the one that owns the data directory, or one that is started here
//! and ends with this. Standard output carries messages alone.

mod exchange;
mod relay;

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::sync::oneshot;

use self::exchange::Upstream;
use super::ask::token_for;
use super::tell;
use crate::cli::Settings;
use crate::config::{self, Config, environment_variable};
use crate::place::{Place, running_at, webhook_secret};
use crate::telemetry;
use crate::wiring::{Parts, SystemClock, SystemIds, run_server, stop_requested};

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
        return relay::run(upstream(args, &url)?, stop).await;
    }
    let config::Loaded { config, notices } = args.settings.load()?;
    match Place::take(&config) {
        Ok(place) => {
            for notice in &notices {
                tell(notice);
            }
            serve(args, config, place, stop).await
        }
        Err(held) => match found(&config).await {
            Some(url) => relay::run(upstream(args, &url)?.for_now(), stop).await,
            None => Err(held),
        },
    }
}

fn upstream(args: &McpArgs, url: &str) -> anyhow::Result<Upstream> {
    Upstream::new(url, token_for(url, args.token_file.as_deref())?.as_deref())
}

/// Where the server listens that holds the data directory.
async fn found(config: &Config) -> Option<String> {
    let look = async {
        loop {
            if let Some(url) = running_at(config) {
                return url;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(STARTING, look).await.ok()
}

/// Runs a server of its own beside the messages, for as long as they come.
async fn serve(
    args: &McpArgs,
    config: Config,
    place: Place,
    stop: impl Future<Output = ()> + Send,
) -> anyhow::Result<()> {
    let config = for_one_machine(config);
    let _logs = telemetry::start_logs(&config.logging, config.log_level())?;
    let metrics = telemetry::start_metrics()?;
    let webhook_secret = webhook_secret(&config)?;
    let clock = Arc::new(SystemClock::start());
    let parts = Parts { config, place, clock, ids: Arc::new(SystemIds), metrics, webhook_secret };
    let (listens, listening) = oneshot::channel();
    let (end, ended) = oneshot::channel::<()>();
    let server = run_server(
        parts,
        |listening| {
            let _ = listens.send(listening.address);
        },
        async {
            // Whoever drops it has ended, too.
            let _ = ended.await;
        },
    );
    let messages = async {
        let result = match listening.await {
            Ok(address) => {
                let url = format!("http://{address}");
                tell(&format!("people answer at {url}, for as long as this runs"));
                relay::run(upstream(args, &url)?, stop).await
            }
            // The server says itself why it does not listen.
            Err(_) => Ok(()),
        };
        drop(end);
        result
    };
    let (served, passed) = futures::future::join(server, messages).await;
    served.and(passed)
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
