//! Whether this thread is handling a request: where routers, verifiers and jobs must not be made.

use http_body::{Body as HttpBody, Frame, SizeHint};
use pin_project_lite::pin_project;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What this thread is polling.
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
    /// What this thread is polling now. A task or thread that a handler starts is not part of it.
    pub(crate) fn now() -> Self {
        WITHIN.get()
    }

    /// Runs `poll` inside of it, and restores afterwards what was there before.
    pub(crate) fn enter<T>(self, poll: impl FnOnce() -> T) -> T {
        /// Also when `poll` panics.
        struct Restore(Within);
        impl Drop for Restore {
            fn drop(&mut self) {
                WITHIN.set(self.0);
            }
        }
        let _restore = Restore(Self::now());
        WITHIN.set(self);
        poll()
    }

    /// P9: refuses at run time what the compiler cannot see.
    #[track_caller]
    pub(crate) fn assert_no_request(message: &str) {
        assert!(Self::now() == Self::NoRequest, "{message}");
    }

    /// As [`assert_no_request`](Self::assert_no_request), for what one router's service may do with another.
    #[track_caller]
    pub(crate) fn assert_no_handler(message: &str) {
        assert!(Self::now() < Self::Handler, "{message}");
    }
}

pin_project! {
    /// A future or a body that belongs to a request.
    pub(crate) struct OfRequest<F> {
        within: Within,
        // `None` once it is dropped.
        #[pin]
        inner: Option<F>,
    }

    /// What a client abandons is dropped, and that is code of the request too: `Drop` of what the future holds.
    impl<F> PinnedDrop for OfRequest<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            this.within.enter(|| this.inner.set(None));
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
        let this = self.project();
        match this.inner.as_pin_mut() {
            Some(inner) => this.within.enter(|| inner.poll(cx)),
            None => Poll::Pending,
        }
    }
}

/// A body is polled after its handler has answered, and a stream in it is the handler's code all the same.
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
