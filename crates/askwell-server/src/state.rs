//! What every handler gets: the application and the owner's choices about HTTP.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use askwell_app::App;
use axum::http::{HeaderMap, header};
use ipnet::IpNet;

use crate::identity::cookie::Outside;
use crate::locale::Locale;
use crate::mcp::McpOptions;
use crate::web::Page;

/// The owner's choices about HTTP.
#[derive(Clone)]
pub struct ServerOptions {
    /// Pages that may call, as `https://host:port`. `*` means loopback pages, which may always; with accounts pages of
    /// any origin, with a token of their own and without cookies.
    pub cors_origins: Vec<String>,
    /// Names beside loopback ones that `Host` may have, with or without a port.
    pub allowed_hosts: Vec<String>,
    /// Proxies that are believed about whom they speak for.
    pub trusted_proxies: Vec<IpNet>,
    /// Under which address people reach the server, without a slash at its end.
    pub public_url: Option<String>,
    /// The language of callers who ask for none that exists.
    pub default_locale: Locale,
    /// The name that `/api/health` gives.
    pub service_name: String,
    /// The version that `/api/health` gives.
    pub service_version: String,
    /// Writes the metrics for `/metrics`.
    pub metrics_render: Arc<dyn Fn() -> String + Send + Sync>,
    /// Whether respond, cancel and create give 400 where the original did.
    pub original_status_codes: bool,
    /// Socket.IO clients at once.
    pub max_sockets: usize,
    /// Whether reviews are asked for at all; only told, as the agents decide.
    pub reviews_enabled: bool,
    /// The page where people answer.
    pub page: Page,
    /// Seals what a browser carries to an identity provider and back.
    pub session_key: [u8; 32],
    /// How long a JSON body may take, and an upload without a byte.
    pub body_read_timeout: Duration,
    /// The Model Context Protocol.
    pub mcp: McpOptions,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            cors_origins: Vec::new(),
            allowed_hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            public_url: None,
            default_locale: Locale::ZhCn,
            service_name: "human_loop_mcp".to_owned(),
            service_version: env!("CARGO_PKG_VERSION").to_owned(),
            metrics_render: Arc::new(String::new),
            original_status_codes: false,
            max_sockets: 16_000,
            reviews_enabled: true,
            page: Page::default(),
            session_key: [0; 32],
            body_read_timeout: Duration::from_secs(30),
            mcp: McpOptions::default(),
        }
    }
}

impl fmt::Debug for ServerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerOptions")
            .field("cors_origins", &self.cors_origins)
            .field("allowed_hosts", &self.allowed_hosts)
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

impl ServerOptions {
    /// What addresses that the server names begin with; empty where it knows none.
    pub(crate) fn base_url(&self) -> &str {
        self.public_url.as_deref().unwrap_or_default().trim_end_matches('/')
    }

    /// Under which address whoever sent these headers reaches the server, without a slash at its end.
    pub(crate) fn own_url(&self, outside: Outside, headers: &HeaderMap) -> String {
        if let Some(url) = &self.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
        let scheme = match outside {
            Outside::Tls => "https",
            Outside::Plain => "http",
        };
        format!("{scheme}://{host}")
    }
}

/// What every handler gets.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) app: App,
    /// How many Socket.IO clients are connected.
    pub(crate) clients: Arc<AtomicUsize>,
    pub(crate) options: Arc<ServerOptions>,
}
