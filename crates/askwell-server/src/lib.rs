//! HTTP: the wire, the routes, the accept loop.
//!
//! Job: turn requests into calls of `askwell_app::App`, and what comes back
//! into JSON. Invariant: rules live in the core; a handler decodes, calls and
//! encodes. Neighbours: the binary wires [`router`] and [`serve`]; `locales/`
//! holds the words.

mod accept;
mod client;
mod compat;
mod identity;
mod locale;
mod mcp;
mod middleware;
mod openapi;
mod places;
mod rest;
mod socketio;
mod stall;
mod state;
mod tls;
mod web;
mod wire;

use std::sync::Arc;

use askwell_app::App;
use axum::Router;
use axum::routing::get;

pub use self::accept::{Doors, LimitsOptions, serve};
pub use self::compat::resume;
pub use self::locale::Locale;
pub use self::mcp::{Elicitation, LeavingCall, McpOptions, REPEATS, STOPPING, Unreadable, unreadable};
pub use self::openapi::{error_reference, openapi};
pub use self::state::ServerOptions;
pub use self::tls::{Refreshed, Tls, TlsError, TlsFiles};
pub use self::web::Page;

use self::middleware::{Around, AuthMode, Guard, around};
use self::state::Server;

/// Every route of the server, with all that surrounds them.
pub fn router(app: App, options: ServerOptions) -> Router {
    router_beside(app, options, Router::new())
}

/// The same beside other routes, which are surrounded alike: what a measurement compares the server's own routes with.
pub fn router_beside(app: App, options: ServerOptions, others: Router) -> Router {
    let options = Arc::new(options);
    let guard = Arc::new(Guard::new(&options, AuthMode::of(&app)));
    let layer = Around { guard, options: Arc::clone(&options), app: app.clone() };
    let server = Server { app, clients: Arc::default(), options };
    let (routes, _) = rest::routes().split_for_parts();
    routes
        .route("/", get(web::root))
        .merge(socketio::routes(&server))
        .merge(mcp::routes())
        .merge(others.with_state(()))
        .fallback(web::elsewhere)
        .layer(axum::middleware::from_fn_with_state(layer, around))
        .with_state(server)
}
