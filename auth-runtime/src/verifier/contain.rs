//! Nothing that goes wrong inside verification gets outside of it, except as a refusal.

use crate::rejection::{Reason, Refusal, Rejection};
use pin_project_lite::pin_project;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// P6: asks for a decision. A panic is no answer, so it is 503.
pub(crate) fn contain_panic<T>(decide: impl FnOnce() -> T) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(decide)).map_err(|_| Rejection::Unavailable(Reason::VerifierPanicked).into())
}

/// P6: runs verification. A panic and a missed time limit are 503: it isn't known whether the token is good, so nobody
/// gets in.
pub(crate) fn contain<T, F>(time_limit: Duration, verification: F) -> Contained<F>
where
    F: Future<Output = Result<T, Refusal>>,
{
    Contained { verification, time_limit, timer: None }
}

pin_project! {
    /// Made by [`contain`]. A future of its own, since one that is written as `async` holds what it contains twice.
    pub(crate) struct Contained<F> {
        #[pin]
        verification: F,
        time_limit: Duration,
        // Most tokens wait for nobody, and need none.
        #[pin]
        timer: Option<Sleep>,
    }
}

impl<T, F: Future<Output = Result<T, Refusal>>> Future for Contained<F> {
    type Output = Result<T, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Poll::Ready(outcome) = contain_panic(|| this.verification.poll(cx))? {
            return Poll::Ready(outcome);
        }
        // Without a timer in the runtime this panics, which is no answer either.
        let over = contain_panic(|| {
            if this.timer.is_none() {
                this.timer.set(Some(sleep(*this.time_limit)));
            }
            this.timer.as_mut().as_pin_mut().map_or(Poll::Ready(()), |timer| timer.poll(cx))
        });
        match over {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(())) => Poll::Ready(Err(Rejection::Unavailable(Reason::VerifierTimeout).into())),
            Err(panicked) => Poll::Ready(Err(panicked)),
        }
    }
}
