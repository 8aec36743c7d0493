//! A request body that counts the bytes that were read.

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

/// The longest frame, so that a service can stop at a limit.
const FRAME: usize = 16 * 1024;

pub(super) struct WatchedBody {
    remaining: Bytes,
    read: Arc<AtomicUsize>,
}

impl WatchedBody {
    /// Returns the body, and the number of bytes that were read of it.
    pub(super) fn watch(remaining: Bytes) -> (Body, Arc<AtomicUsize>) {
        let read = Arc::<AtomicUsize>::default();
        (Body::new(Self { remaining, read: Arc::clone(&read) }), read)
    }
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // An empty body has no data, so a poll of it is not a read.
        if self.remaining.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.remaining.len().min(FRAME);
        self.read.fetch_add(length, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(self.remaining.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.remaining.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining.len() as u64)
    }
}
