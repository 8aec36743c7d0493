//! Names a verified delivery for the proof: [`Delivery`].

use super::VerifiedDelivery;
use std::sync::Arc;
use std::time::SystemTime;

/// The parts of a delivery that its sender has signed, beside the body.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) id: Option<Arc<str>>,
    pub(crate) sent_at: Option<SystemTime>,
}

impl VerifiedDelivery {
    /// Returns the signed id and the signed time.
    pub(crate) fn delivery(&self) -> Delivery {
        Delivery { id: self.id.as_deref().map(Arc::from), sent_at: self.sent_at }
    }
}
