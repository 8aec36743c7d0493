//! Nothing that goes wrong inside verification gets outside of it, except as a refusal.

use crate::rejection::{Reason, Refusal, Rejection};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::time::Duration;

/// P6: runs verification. A panic and a missed time limit are 503: it isn't known whether the token is good, so nobody gets in.
pub(crate) async fn contain<T>(
    time_limit: Duration,
    verification: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    let mut verification = pin!(verification);
    let contained =
        std::future::poll_fn(move |cx| match catch_unwind(AssertUnwindSafe(|| verification.as_mut().poll(cx))) {
            Ok(poll) => poll,
            Err(_) => std::task::Poll::Ready(Err(Rejection::Unavailable(Reason::VerifierPanicked).into())),
        });
    match tokio::time::timeout(time_limit, contained).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Rejection::Unavailable(Reason::VerifierTimeout).into()),
    }
}
