//! The server with two routes more, behind the same accept loop and middleware: hello, and an echo of parsed JSON.
//!
//! The binary has no such routes, so this program becomes a server of the same
//! crates, wired alike: its own store on disk, metrics, a log of warnings.

use std::path::Path;
use std::sync::Arc;

use askwell_server::{LimitsOptions, ServerOptions, router_beside, serve as serve_http};
use axum::routing::{get, post};
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::Value;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::server::say_listening;
use crate::store::open_store;
use crate::world;

/// The argument with which this program becomes that server.
pub(crate) const ROLE: &str = "--beside";

pub(crate) async fn serve(folder: &Path) {
    let filter = EnvFilter::new("warn,socketioxide=off,engineioxide=off");
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let metrics = PrometheusBuilder::new().set_buckets(&[0.001, 0.01, 0.1, 1.0]).unwrap().install_recorder().unwrap();
    let app = world::app(&open_store(&folder.join("beside.db")));
    app.start().await.unwrap();
    let others = Router::new().route("/hello", get(hello)).route("/echo", post(echo));
    let options = ServerOptions { metrics_render: Arc::new(move || metrics.render()), ..Default::default() };
    let router = router_beside(app, options, others);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    say_listening(&listener);
    serve_http(vec![listener], router, LimitsOptions::default(), std::future::pending()).await.unwrap();
}

async fn hello() -> &'static str {
    "hello"
}

async fn echo(Json(body): Json<Value>) -> Json<Value> {
    Json(body)
}
