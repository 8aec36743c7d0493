//! Nothing that goes wrong inside verification gets outside of it, except as a refusal.

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

/// P6: asks for a decision. A panic is no answer, so it is 503.
pub(crate) fn isolate_panic<T>(decide: impl FnOnce() -> T) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(decide)).map_err(|_| Rejection::Unavailable(Reason::VerifierPanicked).into())
}

/// P6: runs verification. A panic and a missed time limit are 503: it isn't known whether the token is good, so nobody
/// gets in.
pub(crate) fn isolate<T, F>(time_limit: Duration, verification: F) -> Isolated<F>
where
    F: Future<Output = Result<T, Refusal>>,
{
    Isolated { verification, time_limit, timer: None }
}

pin_project! {
    /// Made by [`contain`]. A future of its own, since one that is written as `async` holds what it contains twice.
    pub(crate) struct Isolated<F> {
        #[pin]
        verification: F,
        time_limit: Duration,
        // Most tokens wait for nobody, and need none. P6: outside of tokio's budget for a task, which a verification that is
        // never idle leaves nothing of: its time would never be over.
        #[pin]
        timer: Option<Unconstrained<Sleep>>,
    }
}

impl<T, F: Future<Output = Result<T, Refusal>>> Future for Isolated<F> {
    type Output = Result<T, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Poll::Ready(outcome) = isolate_panic(|| this.verification.poll(cx))? {
            return Poll::Ready(outcome);
        }
        // Without a timer in the runtime this panics, which is no answer either.
        let over = isolate_panic(|| {
            if this.timer.is_none() {
                this.timer.set(Some(unconstrained(sleep(*this.time_limit))));
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

#[cfg(test)]
mod tests {
    use super::isolate;
    use crate::rejection::Refusal;
    use auth_events::Reason;
    use std::time::Duration;
    use tokio::task::consume_budget;
    use tokio::time::timeout;

    /// tokio lets a task that is never idle wait for nothing else, not even for its own timer.
    #[tokio::test]
    async fn t51_one_that_is_always_busy_misses_its_time_limit_too() {
        let busy = async {
            loop {
                consume_budget().await;
            }
        };
        let contained = isolate::<(), _>(Duration::from_millis(20), busy);
        let outcome: Result<(), Refusal> = timeout(Duration::from_secs(5), contained).await.expect("in time");
        assert_eq!(outcome.unwrap_err().rejection.reason(), Reason::VerifierTimeout);
    }
}
