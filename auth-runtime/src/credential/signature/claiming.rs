//! Waits for a claim of a delivery, also after its request was cancelled: [`Claiming`].

use super::claim::{DeliveryClaim, LEASE, OURS, OpenClaim};
use super::replay::ReplayError;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::runtime::Handle;
use tokio::time::timeout;

type Asked = Pin<Box<dyn Future<Output = Result<DeliveryClaim, ReplayError>> + Send>>;

/// A claim that the replay store has not answered yet.
///
/// A client that closes its connection, or a time-out, drops it. The store may have written the
/// claim, so a task waits for the answer and drops the claim, which releases it. Only the answer
/// tells this claim from that of another request, whose handler may be running.
pub(super) struct Claiming(Option<Asked>);

impl Claiming {
    /// Asks the store of a claim that the sender may repeat.
    pub(super) fn new(claim: OpenClaim) -> Self {
        Self(Some(Box::pin(async move {
            claim.store.claim(&claim.key, LEASE).await?;
            Ok(DeliveryClaim::open(claim))
        })))
    }
}

impl Future for Claiming {
    type Output = Result<DeliveryClaim, ReplayError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Taken, so that a store that panics is not asked again.
        let Some(mut asked) = self.0.take() else { return Poll::Pending };
        let outcome = asked.as_mut().poll(cx);
        if outcome.is_pending() {
            self.0 = Some(asked);
        }
        outcome
    }
}

impl Drop for Claiming {
    fn drop(&mut self) {
        if let Some(asked) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            // A claim does not last longer, so a store that never answers keeps no task. The lease
            // may have begun before the request ended, and then another request may have the claim.
            runtime.spawn(timeout(OURS, asked));
        }
    }
}
