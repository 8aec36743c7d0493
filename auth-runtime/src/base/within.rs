//! Tracks whether this thread handles a request, where routers, verifiers and jobs must not be
//! created.

use http_body::{Body as HttpBody, Frame, SizeHint};
use pin_project_lite::pin_project;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The code that this thread is polling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Within {
    NoRequest,
    /// An `AuthRouter`: its layers and services. A service may be another router, and call it.
    Router,
    /// A handler, with its extractors and the body of its response.
    Handler,
}

thread_local! {
    static WITHIN: Cell<Within> = const { Cell::new(Within::NoRequest) };
}

impl Within {
    /// Returns the state of this thread. Tasks and threads that a handler starts are not included.
    #[inline]
    pub(crate) fn now() -> Self {
        WITHIN.get()
    }

    /// Runs `poll` in this state, and restores the previous state afterwards.
    #[inline]
    pub(crate) fn enter<T>(self, poll: impl FnOnce() -> T) -> T {
        let _restored = self.mark();
        poll()
    }

    /// Puts this thread into this state, until the guard is dropped.
    #[inline]
    pub(crate) fn mark(self) -> RestoresWithin {
        RestoresWithin(WITHIN.replace(self))
    }

    /// P9: panics within a request, which the compiler cannot detect.
    #[track_caller]
    pub(crate) fn assert_no_request(message: &str) {
        assert!(Self::now() == Self::NoRequest, "{message}");
    }

    /// Like [`assert_no_request`](Self::assert_no_request), but a service of a router is permitted.
    #[inline]
    #[track_caller]
    pub(crate) fn assert_no_handler(message: &str) {
        assert!(Self::now() < Self::Handler, "{message}");
    }
}

/// Restores the previous state of this thread, also after a panic.
#[must_use = "the state ends with the guard"]
pub(crate) struct RestoresWithin(Within);

impl Drop for RestoresWithin {
    #[inline]
    fn drop(&mut self) {
        WITHIN.set(self.0);
    }
}

pin_project! {
    /// Wraps a future or a response body that belongs to a request.
    // Public because a hidden trait returns it. It has no name outside of this crate.
    pub struct OfRequest<F> {
        within: Within,
        // `None` once it is dropped.
        #[pin]
        inner: Option<F>,
    }

    /// Drops the content inside of the request, because its `Drop` is code of the request too.
    impl<F> PinnedDrop for OfRequest<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.inner.is_some() {
                this.within.enter(|| this.inner.set(None));
            }
        }
    }
}

impl<F> OfRequest<F> {
    pub(crate) fn handler(inner: F) -> Self {
        Self { within: Within::Handler, inner: Some(inner) }
    }

    pub(crate) fn router(inner: F) -> Self {
        Self { within: Within::Router, inner: Some(inner) }
    }
}

impl<F: Future> Future for OfRequest<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _restored = this.within.mark();
        let Some(inner) = this.inner.as_mut().as_pin_mut() else { return Poll::Pending };
        // Returned as it is, because a response is large, and would be copied out and in again.
        let polled = inner.poll(cx);
        if polled.is_ready() {
            this.inner.set(None);
        }
        polled
    }
}

/// A body is polled after its handler has returned, but a stream in it is still the handler's code.
impl<B: HttpBody> HttpBody for OfRequest<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        match this.inner.as_pin_mut() {
            Some(inner) => this.within.enter(|| inner.poll_frame(cx)),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(|inner| self.within.enter(|| inner.is_end_stream()))
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(SizeHint::default, |inner| self.within.enter(|| inner.size_hint()))
    }
}
