//! A request body that records whether it was read.

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

pub(super) struct WatchedBody {
    remaining: Option<Bytes>,
    read: Arc<AtomicBool>,
}

impl WatchedBody {
    /// Returns the body, and a flag that is set when it is read.
    pub(super) fn watch(bytes: Bytes) -> (Body, Arc<AtomicBool>) {
        let read = Arc::new(AtomicBool::new(false));
        let remaining = (!bytes.is_empty()).then_some(bytes);
        (Body::new(Self { remaining, read: Arc::clone(&read) }), read)
    }
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // An empty body has no data, so a poll of it is not a read.
        Poll::Ready(self.remaining.take().map(|bytes| {
            self.read.store(true, Ordering::Relaxed);
            Ok(Frame::data(bytes))
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.remaining.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
