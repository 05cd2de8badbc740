//! The Model Context Protocol: any agent asks a person, and waits.
//!
//! Job: one endpoint for both eras of the protocol. Invariants: no tool
//! decides; a question outlives the call, the connection and the server; what
//! is served comes from the use cases, never from a memory of its own.
//! Neighbours: `rmcp` speaks the protocol; `askwell_app` is called as REST
//! calls it; `wire` and `compat` make the JSON.

mod again;
mod arguments;
mod call;
mod door;
mod elicitation;
mod handler;
mod hints;
mod metadata;
mod options;
mod outcome;
mod replay;
mod resources;
mod sessions;
mod tasks;
mod tools;
mod unreadable;
mod updates;
mod waiting;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::routing::{any, get};

pub use self::again::{REPEATS, STOPPING};
pub use self::options::{Elicitation, LeavingCall, McpOptions};
pub use self::unreadable::{Unreadable, unreadable};

use self::door::Door;
use crate::identity::Identity;
use crate::state::Server;

const PATH: &str = "/mcp";

/// Whether a path is this protocol's.
pub(crate) fn is_path(path: &str) -> bool {
    path == PATH
}

/// The endpoint.
pub(crate) fn routes() -> Router<Server> {
    let door = Arc::new(Door::default());
    let serve = move |State(server): State<Server>, who: Identity, request: Request| {
        let door = Arc::clone(&door);
        async move { door.serve(server, who, request).await }
    };
    let metadata = get(metadata::show);
    Router::new()
        .route(PATH, any(serve))
        .route("/.well-known/oauth-protected-resource", metadata.clone())
        .route(crate::identity::RESOURCE_METADATA, metadata)
}
