//! Nothing that goes wrong inside verification gets outside of it, except as a refusal.

use crate::rejection::{Reason, Refusal, Rejection};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// P6: asks for a decision. A panic is no answer, so it is 503.
pub(crate) fn contain_panic<T>(decide: impl FnOnce() -> T) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(decide)).map_err(|_| Rejection::Unavailable(Reason::VerifierPanicked).into())
}

/// P6: runs verification. A panic and a missed time limit are 503: it isn't known whether the token is good, so nobody
/// gets in.
pub(crate) async fn contain<T>(
    time_limit: Duration,
    verification: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    let mut verification = pin!(verification);
    let mut contained = move |cx: &mut Context<'_>| {
        contain_panic(|| verification.as_mut().poll(cx)).unwrap_or_else(|panicked| Poll::Ready(Err(panicked)))
    };
    // Most tokens wait for nobody, and need no timer.
    if let Poll::Ready(outcome) = poll_fn(|cx| Poll::Ready(contained(cx))).await {
        return outcome;
    }
    // Without a timer in the runtime this panics, which is no answer either.
    match contain_panic(|| tokio::time::timeout(time_limit, poll_fn(contained)))?.await {
        Ok(outcome) => outcome,
        Err(_) => Err(Rejection::Unavailable(Reason::VerifierTimeout).into()),
    }
}
