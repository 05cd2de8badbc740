//! Socket.IO: every change as an event, and what clients say.
//!
//! Job: one conversation for each connected client over the feed that SSE has,
//! too. Invariants: events carry only what is committed; a slow, silent or
//! talkative client costs a bounded amount and harms no other. Neighbours:
//! `askwell_app` is called as REST calls it; `wire` and `compat` make the JSON.

mod answering;
mod conversation;
mod door;
mod flow;
mod hearing;
mod hub;
mod inbound;
mod inbox;
mod names;
mod outbound;
mod pace;
mod presence;
mod scope;
mod source;

use std::sync::Arc;
use std::time::Duration;

use askwell_app::{AppError, Channel};
use askwell_core::access::Principal;
use axum::Router;
use serde_json::Value;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler as _;
use socketioxide::{ParserConfig, SocketIo};

use self::conversation::{Conversation, Greeting};
use self::flow::Flow;
use self::hub::Hub;
use self::inbox::{Inbox, Posted};
use crate::identity::{Identity, bearer};
use crate::state::Server;

const PATH: &str = "/socket.io";

/// The largest payload either way, as the API promises.
const MAX_PAYLOAD: usize = 1 << 20;

/// Packets that Engine.IO queues for one client. Few, as it also answers connections to unknown namespaces into this
/// queue, each with up to 1 MiB of their name.
const MAX_PACKETS: usize = 256;

/// How long a connection may take to say what it is for.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Whether a path is Socket.IO's.
pub(crate) fn is_path(path: &str) -> bool {
    path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest == "/")
}

/// What the endpoint and its conversations share.
#[derive(Clone)]
struct Shared {
    server: Server,
    hub: Arc<Hub>,
}

/// The Socket.IO endpoint.
pub(crate) fn routes(server: &Server) -> Router<Server> {
    let shared = Shared { server: server.clone(), hub: Arc::new(Hub::new(server.options.max_sockets)) };
    let parser = ParserConfig::common().max_incoming_binaries(16).max_incoming_binary_buf_size(MAX_PAYLOAD);
    let (service, io) = SocketIo::builder()
        .req_path(PATH)
        .ping_interval(Duration::from_secs(25))
        .ping_timeout(Duration::from_secs(20))
        .connect_timeout(CONNECT_TIMEOUT)
        .max_payload(MAX_PAYLOAD as u64)
        .ws_max_message_size(MAX_PAYLOAD)
        .ws_max_frame_size(MAX_PAYLOAD)
        .ws_read_buffer_size(2 << 10)
        .max_buffer_size(MAX_PACKETS)
        .with_parser(parser)
        .build_svc();
    let known = shared.clone();
    let connected = async move |socket: SocketRef, TryData(auth): TryData<Value>| {
        // Boxed, here and below, wherever what is needed once would else be carried for as long as the client stays.
        Box::pin(converse(known, socket, auth.unwrap_or_default())).await;
    };
    let door = shared.clone();
    let prepared = async move |socket: SocketRef, TryData(auth): TryData<Value>| {
        Box::pin(prepare(&door, socket, auth.unwrap_or_default())).await
    };
    io.ns("/", connected.with(prepared));
    Router::new()
        .route_service(PATH, service.clone())
        .route_service("/socket.io/", service)
        .layer(axum::middleware::from_fn_with_state(shared, door::around))
}

/// Before the client hears that it is connected, so that nothing it then says is missed.
///
/// Who it is it may say here, too: a page of another origin has no cookie, and some clients set no headers.
async fn prepare(shared: &Shared, socket: SocketRef, auth: Value) -> Result<(), &'static str> {
    let app = &shared.server.app;
    let mut who = socket.req_parts().extensions.get::<Identity>().cloned().ok_or("internal")?;
    who.caller.channel = Channel::SocketIo;
    if app.needs_sign_in() {
        if let Some(token) = auth["token"].as_str() {
            let admitted = app.admit(&who.caller, bearer(token)).await.map_err(|error| match error {
                AppError::Unauthenticated => "unauthenticated",
                AppError::RateLimited { .. } => "too_many_requests",
                _ => "unavailable",
            })?;
            who.caller.principal = admitted.principal.clone();
            who.caller.credential = Some(admitted.credential.clone());
        }
        if who.caller.principal == Principal::Nobody {
            return Err("unauthenticated");
        }
    }
    socket.extensions.insert(who);
    let inbox = Arc::new(Inbox::default());
    socket.extensions.insert(Arc::clone(&inbox));
    socket.on_fallback(async |_: Posted| {});
    socket.on_disconnect(async move || inbox.close());
    Ok(())
}

async fn converse(shared: Shared, socket: SocketRef, auth: Value) {
    let request = &socket.req_parts().extensions;
    let (Some(who), Some(flow), Some(inbox)) =
        (socket.extensions.get::<Identity>(), request.get::<Arc<Flow>>(), socket.extensions.get::<Arc<Inbox>>())
    else {
        tracing::error!("a socket came in past the door");
        let _ = socket.disconnect();
        return;
    };
    let flow = Arc::clone(flow);
    let greeting = Greeting::of(&auth);
    let app = shared.server.app.clone();
    match Box::pin(Conversation::begin(socket, shared, who, Arc::clone(&flow), inbox, greeting)).await {
        // The stop waits for it, so that what was said last is still answered.
        Ok(conversation) => app.tracked(conversation.run()).await,
        Err(error) => {
            tracing::warn!(%error, "a socket cannot follow the feed; it is sent back to try again");
            flow.send_back();
        }
    }
}
