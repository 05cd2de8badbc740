//! Bodies that nobody reads to their end.
//!
//! An answer may come before its request's body has: a refusal, for example.
//! The rest then stands in the connection where the next request should, so
//! the connection must end with that answer, and the answer must say so.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Frame, SizeHint};

/// What of a refused request's body is read, so that the connection can go on.
const DRAINED: usize = 64 << 10;

/// How long that may take.
const PATIENCE: Duration = Duration::from_millis(500);

/// A body that tells when it was read to its end.
struct Watched {
    body: Body,
    read: Arc<AtomicBool>,
}

/// Watches the request's body. Nothing where there is none.
pub(super) fn watch(request: &mut Request) -> Option<Arc<AtomicBool>> {
    if request.body().is_end_stream() {
        return None;
    }
    let read = Arc::new(AtomicBool::new(false));
    let body = std::mem::take(request.body_mut());
    *request.body_mut() = Body::new(Watched { body, read: Arc::clone(&read) });
    Some(read)
}

/// Reads the body of a request that is refused, if that is soon done.
pub(super) async fn drain(request: Request) {
    let _ = tokio::time::timeout(PATIENCE, Limited::new(request.into_body(), DRAINED).collect()).await;
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(polled, Poll::Ready(None)) || (polled.is_ready() && self.body.is_end_stream()) {
            self.read.store(true, Ordering::Release);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
