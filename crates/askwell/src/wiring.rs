//! The one place where ports meet their adapters, and where the process asks
//! the world for time, identity and chance. Everything else is given them.

mod identity;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use askwell_app::ports::{Clock, Ids, Sender, Store};
use askwell_app::{App, FileSettings, Settings};
use askwell_core::Now;
use askwell_core::access::{GuestId, LoginId, TokenId};
use askwell_core::ids::{DeliveryId, FileId, RunId, SessionId};
use askwell_core::session::Limits;
use askwell_delivery::{Egress, HostPattern, Mode, WebhookOptions, WebhookSecret, WebhookSender};
use askwell_files::DiskBlobs;
use askwell_identity::Argon2Passwords;
use askwell_server::{
    Doors, Elicitation, LeavingCall, LimitsOptions, Locale, McpOptions, Page, ServerOptions, Tls, TlsFiles,
};
use askwell_sqlite::{SqliteOptions, SqliteStore};
use async_trait::async_trait;
use jiff::Timestamp;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::config::Config;
use crate::place::Place;
use crate::telemetry::Metrics;

/// The wall clock, in whole milliseconds.
#[expect(clippy::disallowed_methods, reason = "the one place that asks the world for the time")]
pub(crate) fn wall_time() -> Timestamp {
    whole_milliseconds(Timestamp::now())
}

fn whole_milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

#[expect(clippy::disallowed_methods, reason = "the one place that makes identities")]
fn new_uuid() -> Uuid {
    Uuid::now_v7()
}

/// The clocks of this machine. The steady one is the wall at start plus the monotonic time since.
#[derive(Clone, Debug)]
pub(crate) struct SystemClock {
    run: RunId,
    wall_at_start: Timestamp,
    started: Instant,
}

impl SystemClock {
    /// Starts the steady clock; once in a process.
    pub(crate) fn start() -> Self {
        Self { run: RunId(new_uuid()), wall_at_start: wall_time(), started: Instant::now() }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Now {
        let steady = self.wall_at_start.saturating_add(self.started.elapsed()).unwrap_or(Timestamp::MAX);
        Now { wall: wall_time(), steady: whole_milliseconds(steady), run: self.run }
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// Identities that sort by creation, and chance.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemIds;

impl Ids for SystemIds {
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

    #[expect(clippy::disallowed_methods, reason = "the one place that draws by chance")]
    fn secret(&self) -> [u8; 32] {
        rand::random()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that draws by chance")]
    fn chance(&self) -> f64 {
        rand::random()
    }
}

/// Completes when the process is asked to stop, by SIGINT or SIGTERM. Both are caught from this call on, not
/// from the first time that the future is looked at.
pub(crate) fn stop_requested() -> impl Future<Output = ()> + Send {
    #[cfg(unix)]
    let mut signals = {
        use tokio::signal::unix::{SignalKind, signal};
        [SignalKind::interrupt(), SignalKind::terminate()].map(signal)
    };
    async move {
        #[cfg(unix)]
        if let [Ok(interrupt), Ok(terminate)] = &mut signals {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// What a server is made of, beside its adapters.
#[derive(Debug)]
pub(crate) struct Parts {
    /// The effective configuration.
    pub(crate) config: Config,
    /// The data directory, held by this process.
    pub(crate) place: Place,
    /// The clocks.
    pub(crate) clock: Arc<SystemClock>,
    /// Identities and chance.
    pub(crate) ids: Arc<SystemIds>,
    /// What `GET /metrics` renders.
    pub(crate) metrics: Metrics,
    /// The key that signs callbacks, `whsec_…`.
    pub(crate) webhook_secret: crate::config::Secret,
}

/// Opens the database of a data directory, for the server and for `askwell import`.
///
/// # Errors
/// The file is not ours, is newer than this program, or the disk refuses.
pub(crate) fn open_store(place: &Place) -> anyhow::Result<Arc<SqliteStore>> {
    let path = place.database();
    let store = SqliteStore::open(SqliteOptions::new(path));
    Ok(Arc::new(store.with_context(|| format!("the database {} cannot be used", path.display()))?))
}

/// What a server that has started says of itself.
pub(crate) struct Listening {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// What makes the first administrator, where there is nobody yet.
    pub(crate) set_up: Option<String>,
}

/// Runs the server until `stop` completes, then stops gracefully. Calls
/// `listening` with the bound address once connections are accepted.
///
/// # Errors
/// What kept it from starting. A stop that was asked for is none.
pub(crate) async fn run_server(
    parts: Parts,
    listening: impl FnOnce(Listening) + Send,
    stop: impl Future<Output = ()> + Send,
) -> anyhow::Result<()> {
    let limits = connection_limits(&parts.config);
    let tls = open_tls(&parts)?;
    let store = open_store(&parts.place)?;
    let server = &parts.config.server;
    let listener = TcpListener::bind((server.host.0.as_str(), server.port))
        .await
        .with_context(|| format!("cannot listen on {}:{} (server.host, server.port)", server.host.0, server.port))?;
    let port = listener.local_addr()?.port();
    let app = App::new(app_parts(&parts, Arc::clone(&store) as _, port)?, settings(&parts.config));
    app.start().await.context("the database cannot be read")?;
    let set_up = app.offer_set_up().await.context("the database cannot be read")?;
    let address = listener.local_addr()?;
    parts.place.say(&parts.config, address)?;
    listening(Listening { address, set_up });
    let router = askwell_server::router(app.clone(), server_options(&parts, &limits));
    let stopping = app.clone();
    // Stopping the application answers the waiters, so that the connections can end.
    let stop = async move {
        stop.await;
        tracing::info!("stopping");
        stopping.stop().await;
    };
    let doors = Doors { listeners: vec![listener], tls, trusted_proxies: server.trusted_proxies.clone() };
    askwell_server::serve(doors, router, limits, stop).await?;
    parts.place.say_no_more();
    store.close().await;
    drop(parts);
    Ok(())
}

/// The use cases on the data directory of a stopped server.
pub(crate) struct ConsoleApp {
    /// The use cases. Their loops do not run.
    pub(crate) app: App,
    store: Arc<SqliteStore>,
    _parts: Parts,
}

impl ConsoleApp {
    /// Lets go of the data directory once all is on disk.
    pub(crate) async fn close(self) {
        self.store.close().await;
    }
}

/// Takes the data directory for one command.
///
/// # Errors
/// A server holds it; or it cannot be used.
pub(crate) fn console_app(config: Config) -> anyhow::Result<ConsoleApp> {
    let place = Place::take(&config)?;
    let webhook_secret = crate::place::webhook_secret(&config)?;
    let clock = Arc::new(SystemClock::start());
    let metrics = crate::telemetry::start_metrics()?;
    let parts = Parts { config, place, clock, ids: Arc::new(SystemIds), metrics, webhook_secret };
    let store = open_store(&parts.place)?;
    let port = parts.config.server.port;
    let app = App::new(app_parts(&parts, Arc::clone(&store) as _, port)?, settings(&parts.config));
    Ok(ConsoleApp { app, store, _parts: parts })
}

/// The certificate, where the owner has one.
fn open_tls(parts: &Parts) -> anyhow::Result<Option<Arc<Tls>>> {
    let server = &parts.config.server;
    let (Some(certificate), Some(key)) = (server.tls_certificate.clone(), server.tls_key.clone()) else {
        return Ok(None);
    };
    let tls = Tls::open(TlsFiles { certificate, key }, wall_time).context("server.tls_certificate, server.tls_key")?;
    if let Some(concern) = tls.concern() {
        tracing::warn!("server.tls_certificate: {concern}");
    }
    Ok(Some(Arc::new(tls)))
}

/// What the application is made of, behind this port.
fn app_parts(parts: &Parts, store: Arc<dyn Store>, port: u16) -> anyhow::Result<askwell_app::Parts> {
    let Parts { config, clock, ids, webhook_secret, .. } = parts;
    let files = config.files.path.path().to_owned();
    let blobs = DiskBlobs::open(&files).with_context(|| format!("files.path {} cannot be used", files.display()))?;
    let sender = WebhookSender::new(WebhookOptions {
        secret: WebhookSecret::parse(&webhook_secret.0)?,
        egress: egress(config)?,
        timeout: config.integration.callback_timeout(),
        clock: Arc::clone(clock) as _,
    })?;
    let sender: Arc<dyn Sender> = Arc::new(sender.naming(identity::named_hosts(config)));
    Ok(askwell_app::Parts {
        passwords: Arc::new(Argon2Passwords::start().context("no thread for hashing passwords")?),
        bearer: identity::bearer(config, &sender)?,
        provider: identity::provider(config, &sender)?,
        passkeys: identity::passkeys(config, port),
        store,
        blobs: Arc::new(blobs),
        sender,
        clock: Arc::clone(clock) as _,
        ids: Arc::clone(ids) as _,
        notifier: None,
        resume: askwell_server::resume,
    })
}

fn egress(config: &Config) -> anyhow::Result<Egress> {
    let allow_hosts = config.egress.allow_hosts.iter().map(|host| host.0.parse::<HostPattern>());
    Ok(Egress {
        mode: if config.allows_loopback_callbacks() { Mode::Development } else { Mode::Strict },
        allow_networks: config.egress.allow_networks.clone(),
        allow_hosts: allow_hosts.collect::<Result<_, _>>()?,
    })
}

fn settings(config: &Config) -> Settings {
    Settings {
        limits: Limits {
            default_timeout: config.session.default_timeout.0,
            review_timeout: config.execution.hitl_timeout_seconds.0,
            max_timeout: config.session.max_timeout.0,
        },
        files: FileSettings { quota: config.files.quota.0, ..FileSettings::default() },
        keep_closed: config.retention.closed_days.map(|days| Duration::from_hours(24 * u64::from(days))),
        cleanup_interval: config.session.cleanup_interval.0,
        policy: identity::policy(config),
        accounts: identity::accounts(config),
        rate_limits: identity::rate_limits(config),
    }
}

fn server_options(parts: &Parts, limits: &LimitsOptions) -> ServerOptions {
    let Parts { config, metrics, .. } = parts;
    let metrics = metrics.clone();
    ServerOptions {
        cors_origins: config.web_origins(),
        trusted_proxies: config.server.trusted_proxies.clone(),
        allowed_hosts: config.served_hosts(),
        public_url: config.server.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
        default_locale: Locale::parse(config.ui.language.as_str()).unwrap_or_default(),
        service_name: config.service.name.clone(),
        service_version: config.service.version().to_owned(),
        metrics_render: Arc::new(move || metrics.render()),
        // The rest is for who asks and answers otherwise.
        max_sockets: limits.max_connections / 4 * 3,
        reviews_enabled: config.execution.enable_hitl,
        original_status_codes: config.compat.original_status_codes,
        page: Page::embedded(),
        session_key: identity::session_key(config),
        mcp: mcp_options(config),
        ..ServerOptions::default()
    }
}

fn mcp_options(config: &Config) -> McpOptions {
    let mcp = &config.mcp;
    McpOptions {
        wait: mcp.wait_seconds.0,
        silent_wait: mcp.silent_wait_seconds.0,
        elicitation: if mcp.elicitation { Elicitation::Url } else { Elicitation::Off },
        leaving: if mcp.cancel_with_call { LeavingCall::CancelsQuestion } else { LeavingCall::LeavesQuestion },
        max_sessions: usize::try_from(mcp.max_sessions).unwrap_or(usize::MAX),
        resource: config.mcp_resource(),
        authorization_servers: mcp.authorization_servers.iter().map(|issuer| issuer.0.clone()).collect(),
    }
}

/// As many connections as the system lets us have, after asking for more.
fn connection_limits(config: &Config) -> LimitsOptions {
    /// Files that are no connections: the database, uploads, logs, callbacks under way.
    const OTHER_FILES: u64 = 1_024;
    let limits = LimitsOptions {
        drain_timeout: Duration::from_secs(8),
        connections_per_address: usize::try_from(config.limits.connections_per_address).unwrap_or(usize::MAX),
        ..LimitsOptions::default()
    };
    let wanted = limits.max_connections as u64 + OTHER_FILES;
    let files = rlimit::increase_nofile_limit(wanted).unwrap_or(OTHER_FILES);
    if files < wanted {
        tracing::warn!(files, wanted, "few open files are allowed: fewer connections are accepted (ulimit -n)");
    }
    let room = usize::try_from(files.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX).max(64);
    LimitsOptions { max_connections: limits.max_connections.min(room), ..limits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_in_whole_milliseconds_and_steady() {
        let clock = SystemClock::start();
        let first = clock.now();
        let second = clock.now();
        for at in [first.wall, first.steady, second.steady] {
            assert_eq!(at.subsec_nanosecond() % 1_000_000, 0);
        }
        assert!(second.steady >= first.steady);
        assert_eq!(first.run, second.run);
        assert_ne!(SystemClock::start().now().run, first.run);
    }

    #[test]
    fn identities_sort_by_creation() {
        let ids: Vec<_> = (0..1000).map(|_| SystemIds.session()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!((0.0..1.0).contains(&SystemIds.chance()));
    }
}
