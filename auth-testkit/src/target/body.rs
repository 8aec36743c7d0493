//! A request's body that knows whether anybody has read from it.

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

pub(super) struct Watched {
    left: Option<Bytes>,
    read: Arc<AtomicBool>,
}

impl Watched {
    /// The body, and whether it was read from.
    pub(super) fn watch(bytes: Bytes) -> (Body, Arc<AtomicBool>) {
        let read = Arc::new(AtomicBool::new(false));
        let left = (!bytes.is_empty()).then_some(bytes);
        (Body::new(Self { left, read: Arc::clone(&read) }), read)
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // Of an empty body there is nothing to read.
        Poll::Ready(self.left.take().map(|bytes| {
            self.read.store(true, Ordering::Relaxed);
            Ok(Frame::data(bytes))
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
