//! The accept loop.
//!
//! Job: connections in, requests to the router, a bounded stop. Our own,
//! because a parked long-poll must cost little: small buffers, one task, no
//! protocol detection. Invariant: a slow or greedy client costs a bounded
//! amount of memory for a bounded time; a stop ends within `drain_timeout`.
//! Neighbours: `places` counts by address, `tls` encrypts, `middleware` bounds what happens within a request. Whoever stops
//! also calls `App::stop`, which ends long-polls and streams.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use ipnet::IpNet;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::client::OverTls;
use crate::places::{Addresses, Place};
use crate::stall::{Line, StallGuard};
use crate::tls::Tls;

/// What bounds connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitsOptions {
    /// Connections at once; more wait in the system's queue.
    pub max_connections: usize,
    /// Connections at once from one address that is neither loopback nor a trusted proxy; 0: as many as there are.
    pub connections_per_address: usize,
    /// How long the head of a request may take, also the next one on an idle connection.
    pub header_read_timeout: Duration,
    /// The largest head of a request and the largest buffer of a connection, in bytes; at least 8 KiB.
    pub max_buffer: usize,
    /// Header fields of a request.
    pub max_headers: usize,
    /// Bytes that the system may hold for a client that reads slowly.
    pub send_buffer: usize,
    /// How long a write may make no progress.
    pub write_stall_timeout: Duration,
    /// How long a stop waits for requests under way.
    pub drain_timeout: Duration,
}

impl Default for LimitsOptions {
    fn default() -> Self {
        Self {
            max_connections: 16_000,
            connections_per_address: 256,
            header_read_timeout: Duration::from_secs(30),
            max_buffer: 16 << 10,
            max_headers: 64,
            send_buffer: 128 << 10,
            write_stall_timeout: Duration::from_mins(1),
            drain_timeout: Duration::from_secs(10),
        }
    }
}

/// Where connections come in.
#[derive(Debug, Default)]
pub struct Doors {
    /// Bound already.
    pub listeners: Vec<TcpListener>,
    /// Where clients speak TLS to us, and not to a proxy.
    pub tls: Option<Arc<Tls>>,
    /// Proxies: many speak through one address.
    pub trusted_proxies: Vec<IpNet>,
}

impl From<Vec<TcpListener>> for Doors {
    fn from(listeners: Vec<TcpListener>) -> Self {
        Self { listeners, ..Self::default() }
    }
}

/// Serves until `shutdown`, then lets requests under way end.
///
/// # Errors
/// None after the start: what goes wrong with a connection ends that connection.
pub async fn serve(
    doors: impl Into<Doors>,
    router: Router,
    limits: LimitsOptions,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let loops = TaskTracker::new();
    let Doors { listeners, tls, trusted_proxies } = doors.into();
    let addresses = Addresses::new(limits.connections_per_address, trusted_proxies);
    let connections = Arc::new(Connections::new(router, limits, addresses, tls.clone()));
    for listener in listeners {
        loops.spawn(accept(listener, Arc::clone(&connections)));
    }
    if let Some(tls) = tls {
        loops.spawn(crate::tls::keep_fresh(tls, connections.closing.clone()));
    }
    shutdown.await;
    connections.closing.cancel();
    loops.close();
    loops.wait().await;
    connections.tracker.close();
    if tokio::time::timeout(limits.drain_timeout, connections.tracker.wait()).await.is_err() {
        tracing::warn!(left = connections.tracker.len(), "requests under way are cut off");
        connections.cut.cancel();
        connections.tracker.wait().await;
    }
    Ok(())
}

/// What connections share.
struct Connections {
    router: Router,
    http: http1::Builder,
    limits: LimitsOptions,
    places: Arc<Semaphore>,
    addresses: Arc<Addresses>,
    tls: Option<Arc<Tls>>,
    tracker: TaskTracker,
    /// No new requests.
    closing: CancellationToken,
    /// No time left.
    cut: CancellationToken,
}

impl Connections {
    fn new(router: Router, limits: LimitsOptions, addresses: Addresses, tls: Option<Arc<Tls>>) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.header_read_timeout)
            .max_buf_size(limits.max_buffer.max(8 << 10))
            .max_headers(limits.max_headers)
            .keep_alive(true);
        Self {
            router,
            http,
            limits,
            places: Arc::new(Semaphore::new(limits.max_connections.clamp(1, Semaphore::MAX_PERMITS))),
            addresses: Arc::new(addresses),
            tls,
            tracker: TaskTracker::new(),
            closing: CancellationToken::new(),
            cut: CancellationToken::new(),
        }
    }
}

/// Takes connections from one listener until the stop.
async fn accept(listener: TcpListener, connections: Arc<Connections>) {
    let mut back_off = Duration::ZERO;
    loop {
        let next = async {
            let place = Arc::clone(&connections.places).acquire_owned().await.ok()?;
            Some((place, listener.accept().await))
        };
        let accepted = tokio::select! {
            biased;
            () = connections.closing.cancelled() => return,
            accepted = next => accepted,
        };
        match accepted {
            Some((place, Ok((stream, peer)))) => {
                back_off = Duration::ZERO;
                // Whoever has too many is not spoken to: an answer would be work, too.
                if let Some(place) = connections.addresses.enter(peer.ip(), place) {
                    connections.tracker.spawn(converse(stream, peer, place, Arc::clone(&connections)));
                }
            }
            Some((_, Err(error))) if is_of_one_connection(&error) => {}
            Some((place, Err(error))) => {
                // No descriptors, most likely: others must end before it makes sense to try again.
                drop(place);
                back_off = (back_off * 2).clamp(Duration::from_millis(50), Duration::from_secs(1));
                tracing::error!(%error, ?back_off, "cannot accept connections");
                tokio::select! {
                    () = connections.closing.cancelled() => return,
                    () = tokio::time::sleep(back_off) => {}
                }
            }
            None => return,
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Serves one connection to its end.
async fn converse(stream: TcpStream, peer: SocketAddr, place: Place, connections: Arc<Connections>) {
    // Small answers must not wait for an acknowledgement; where that cannot be set they only come later.
    let _ = stream.set_nodelay(true);
    // Else the system lets megabytes wait for a slow client, with its heartbeat behind them.
    let _ = SockRef::from(&stream).set_send_buffer_size(connections.limits.send_buffer);
    let line = Arc::new(Line::default());
    let stream = StallGuard::new(stream, connections.limits.write_stall_timeout, Arc::clone(&line), place);
    let Some(tls) = &connections.tls else { return talk(stream, None, peer, line, &connections).await };
    // Boxed, so that connections without TLS need not carry its size.
    let handshake = Box::pin(tokio::time::timeout(connections.limits.header_read_timeout, tls.accept(stream)));
    let shaken = tokio::select! {
        biased;
        () = connections.closing.cancelled() => return,
        shaken = handshake => shaken,
    };
    match shaken {
        Ok(Ok(stream)) => Box::pin(talk(stream, Some(OverTls), peer, line, &connections)).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
        Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
    }
}

/// Speaks HTTP over a connection.
async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    tls: Option<OverTls>,
    peer: SocketAddr,
    line: Arc<Line>,
    connections: &Connections,
) {
    let router = connections.router.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        if let Some(tls) = tls {
            request.extensions_mut().insert(tls);
        }
        if crate::socketio::is_path(request.uri().path()) {
            request.extensions_mut().insert(Arc::clone(&line));
        }
        router.clone().oneshot(request)
    });
    let connection = connections.http.serve_connection(TokioIo::new(stream), service).with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = connections.closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = connections.cut.cancelled() => Ok(()),
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection ended badly");
    }
}
