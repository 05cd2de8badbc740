//! Clients of the revisions that have sessions.
//!
//! Job: `rmcp`'s sessions, each bound to the principal that began it, and not
//! more of them than the owner allows. Invariant: the session of another
//! principal is as unknown as one that never was. Neighbours: `replay` keeps
//! what a client may have missed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::{Stream, StreamExt as _};
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionManager, LocalSessionManagerError as Fault, LocalSessionWorker,
};
use rmcp::transport::streamable_http_server::session::{EventStream, ServerSseMessage, SessionId, SessionManager};
use rmcp::transport::worker::WorkerTransport;

use super::replay::Replay;

/// How long a client may say nothing, with no call and no stream open, before its session may end.
const IDLE: Duration = Duration::from_hours(4);

/// The event id of a stream on which nothing has come yet.
const BEGINNING: &str = "0";

/// Stands beside each request of a session: whether its client is still connected, by any stream.
#[derive(Clone, Debug)]
pub(super) struct Connection(Arc<AtomicUsize>);

impl Connection {
    pub(super) fn is_gone(&self) -> bool {
        self.0.load(Ordering::Acquire) == 0
    }
}

/// All sessions.
pub(super) struct Sessions {
    manager: LocalSessionManager,
    replay: Arc<Replay>,
    known: Mutex<HashMap<SessionId, Known>>,
}

/// What is known of a session.
struct Known {
    owner: String,
    last_used: Instant,
    /// Streams that are open.
    streams: Arc<AtomicUsize>,
}

impl Default for Sessions {
    fn default() -> Self {
        let replay = Arc::new(Replay::default());
        let mut manager = LocalSessionManager::default();
        // An agent may be silent for hours; what ends a session is below.
        manager.session_config.keep_alive = None;
        Self { manager: manager.with_event_store(Arc::clone(&replay) as _), replay, known: Mutex::default() }
    }
}

impl Sessions {
    fn known(&self) -> MutexGuard<'_, HashMap<SessionId, Known>> {
        // A poisoned map is whole: no panic can happen between its changes.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which sessions must end so that there is room for one more of this owner; nothing where there is no room. Nobody
    /// has more than three quarters, and whoever has as many makes room among their own.
    fn make_room(&self, most: usize, owner: &str) -> Option<Vec<SessionId>> {
        let mut known = self.known();
        let idle = |known: &Known| known.streams.load(Ordering::Acquire) == 0;
        let mut ended: Vec<SessionId> = known
            .iter()
            .filter(|(_, known)| idle(known) && known.last_used.elapsed() >= IDLE)
            .map(|(id, _)| Arc::clone(id))
            .collect();
        let own = known.iter().filter(|(id, known)| known.owner == owner && !ended.contains(id)).count();
        let has_share = own >= most - most / 4;
        if has_share || known.len() - ended.len() >= most {
            let oldest = known
                .iter()
                .filter(|(id, known)| idle(known) && !ended.contains(id) && (!has_share || known.owner == owner))
                .min_by_key(|(_, known)| known.last_used)
                .map(|(id, _)| Arc::clone(id));
            ended.push(oldest?);
        }
        known.retain(|id, _| !ended.contains(id));
        Some(ended)
    }
}

/// The sessions of one principal.
pub(super) struct OwnSessions {
    all: Arc<Sessions>,
    owner: String,
    most: usize,
    full: AtomicBool,
}

impl OwnSessions {
    pub(super) fn new(all: Arc<Sessions>, owner: String, most: usize) -> Self {
        Self { all, owner, most, full: AtomicBool::new(false) }
    }

    /// Whether a session was wanted and there was no room for it.
    pub(super) fn is_full(&self) -> bool {
        self.full.load(Ordering::Acquire)
    }

    /// Notes that the session is used, if it is this principal's.
    fn use_of(&self, id: &SessionId) -> Result<Arc<AtomicUsize>, Fault> {
        let mut known = self.all.known();
        let known = known.get_mut(id).filter(|known| known.owner == self.owner);
        let known = known.ok_or_else(|| Fault::SessionNotFound(Arc::clone(id)))?;
        known.last_used = Instant::now();
        Ok(Arc::clone(&known.streams))
    }
}

impl SessionManager for OwnSessions {
    type Error = Fault;
    type Transport = WorkerTransport<LocalSessionWorker>;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Fault> {
        let Some(ended) = self.all.make_room(self.most, &self.owner) else {
            self.full.store(true, Ordering::Release);
            return Err(Fault::SessionNotFound(Arc::from("")));
        };
        for id in ended {
            tracing::debug!(owner = self.owner, "an idle MCP session ends");
            self.all.manager.close_session(&id).await?;
        }
        let (id, transport) = self.all.manager.create_session().await?;
        let known = Known { owner: self.owner.clone(), last_used: Instant::now(), streams: Arc::default() };
        self.all.known().insert(Arc::clone(&id), known);
        Ok((id, transport))
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Fault> {
        self.all.manager.initialize_session(id, message).await
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Fault> {
        Ok(self.use_of(id).is_ok() && self.all.manager.has_session(id).await?)
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), Fault> {
        if self.use_of(id).is_ok() {
            self.all.known().remove(id);
            self.all.manager.close_session(id).await?;
        }
        Ok(())
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        mut message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Fault> {
        let streams = self.use_of(id)?;
        message.insert_extension(Connection(Arc::clone(&streams)));
        let open = Open::count(streams);
        Ok(open.within(self.all.manager.create_stream(id, message).await?))
    }

    async fn accept_message(&self, id: &SessionId, message: ClientJsonRpcMessage) -> Result<(), Fault> {
        self.use_of(id)?;
        self.all.manager.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Fault> {
        let open = Open::count(self.use_of(id)?);
        Ok(open.within(self.all.manager.create_standalone_stream(id).await?))
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Fault> {
        let open = Open::count(self.use_of(id)?);
        let stream: EventStream = if last_event_id != BEGINNING {
            self.all.replay.after(&last_event_id)
        } else if let Some(stream) = self.all.replay.beside(id) {
            stream
        } else {
            Box::pin(self.all.manager.create_standalone_stream(id).await?)
        };
        Ok(open.within(stream))
    }
}

/// A stream that is open.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn count(streams: Arc<AtomicUsize>) -> Self {
        streams.fetch_add(1, Ordering::AcqRel);
        Self(streams)
    }

    /// The stream, which counts as open for as long as it lives.
    fn within<S>(self, stream: S) -> impl Stream<Item = ServerSseMessage> + Send + Sync + 'static
    where
        S: Stream<Item = ServerSseMessage> + Send + Sync + 'static,
    {
        stream.map(move |message| {
            let _ = &self;
            message
        })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
