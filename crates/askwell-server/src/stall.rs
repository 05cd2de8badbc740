//! A connection's network side: writes that must make progress, and a line that can be cut.
//!
//! A client that reads nothing would hold its answer, and a place, for ever.
//! A websocket outlives the request that made it, so its place goes with the stream.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use crate::places::Place;

/// What others may know of a connection, and do to it. Each request brings its connection's.
#[derive(Debug, Default)]
pub(crate) struct Line {
    written: AtomicU64,
    cut: AtomicBool,
    reader: AtomicWaker,
}

impl Line {
    /// Bytes that the network has taken so far.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Ends the connection, whatever it is in the middle of.
    pub(crate) fn cut(&self) {
        self.cut.store(true, Ordering::Release);
        self.reader.wake();
    }

    fn check(&self) -> io::Result<()> {
        if self.cut.load(Ordering::Acquire) { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }
}

/// A stream that gives up when a write is stuck for too long.
pub(crate) struct StallGuard {
    stream: TcpStream,
    patience: Duration,
    /// Only while a write is stuck.
    stuck: Option<Pin<Box<Sleep>>>,
    line: Arc<Line>,
    _place: Place,
}

impl StallGuard {
    pub(crate) fn new(stream: TcpStream, patience: Duration, line: Arc<Line>, place: Place) -> Self {
        Self { stream, patience, stuck: None, line, _place: place }
    }

    fn guard(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.line.check()?;
        if let Poll::Ready(done) = &poll {
            self.stuck = None;
            self.line.written.fetch_add(done.as_ref().map_or(0, |bytes| *bytes as u64), Ordering::Relaxed);
            return poll;
        }
        let patience = self.patience;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(stuck.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for StallGuard {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.line.reader.register(cx.waker());
        self.line.check()?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for StallGuard {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.guard(cx, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.guard(cx, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A TCP stream has nothing of its own to flush.
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
