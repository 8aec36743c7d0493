//! Isolates decisions: a panic or a time-out rejects the request.

use super::{Refusal, Rejection};
use auth_events::Reason;
use pin_project_lite::pin_project;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::task::coop::{Unconstrained, unconstrained};
use tokio::time::{Sleep, sleep};

/// P6: runs a decision, and turns a panic into 503.
pub(crate) fn isolate_panic<T>(decide: impl FnOnce() -> T) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(decide)).map_err(|_| Rejection::Unavailable(Reason::VerifierPanicked).into())
}

/// P6: runs a verification. A panic and a time-out are 503, because the token may be invalid.
pub(crate) fn isolate<T, F>(time_limit: Duration, verification: F) -> Isolated<F>
where
    F: Future<Output = Result<T, Refusal>>,
{
    Isolated { verification, time_limit, timer: None }
}

pin_project! {
    /// Created by [`isolate`]. Written by hand, because an `async` block would store the inner
    /// future twice.
    pub(crate) struct Isolated<F> {
        #[pin]
        verification: F,
        time_limit: Duration,
        // Created when the verification waits, which is rare. Boxed, because a timer is a tenth of
        // a kilobyte, and glibc takes much longer to allocate more than 1032 bytes. P6: outside of
        // tokio's cooperative budget, because a verification that is never idle uses it up, and
        // the time-out would never fire.
        timer: Option<Pin<Box<Unconstrained<Sleep>>>>,
    }
}

impl<T, F: Future<Output = Result<T, Refusal>>> Future for Isolated<F> {
    type Output = Result<T, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(outcome) = isolate_panic(|| this.verification.poll(cx))? {
            return Poll::Ready(outcome);
        }
        // P6: without a timer in the runtime this panics, which is 503 as well.
        let timed_out = isolate_panic(|| {
            let timer = this.timer.get_or_insert_with(|| Box::pin(unconstrained(sleep(*this.time_limit))));
            timer.as_mut().poll(cx)
        });
        match timed_out {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(())) => Poll::Ready(Err(Rejection::Unavailable(Reason::VerifierTimeout).into())),
            Err(panicked) => Poll::Ready(Err(panicked)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::isolate;
    use crate::rejection::Refusal;
    use auth_events::Reason;
    use std::time::Duration;
    use tokio::task::consume_budget;
    use tokio::time::timeout;

    /// tokio does not poll the timer of a task that has used up its budget.
    #[tokio::test]
    async fn t51_a_verification_that_is_never_idle_times_out() {
        let busy = async {
            loop {
                consume_budget().await;
            }
        };
        let isolated = isolate::<(), _>(Duration::from_millis(20), busy);
        let outcome: Result<(), Refusal> = timeout(Duration::from_secs(5), isolated).await.expect("in time");
        assert_eq!(outcome.unwrap_err().rejection.reason(), Reason::VerifierTimeout);
    }
}
