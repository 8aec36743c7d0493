//! Names a signed delivery in a decision: [`DeliveryRecord`].

use std::sync::Arc;

/// Records the sender of a signed request whose signature was accepted.
///
/// A record and not a proof: it opens no vault, and has nothing of the body.
///
/// ```
/// use auth_runtime::decision::Decision;
/// use axum::response::Response;
///
/// /// A line for a log of deliveries.
/// fn line(response: &Response) -> Option<String> {
///     let Some(Decision::Signed(delivery)) = Decision::of(response) else { return None };
///     Some(format!("{} {}", delivery.sender(), delivery.delivery_id().unwrap_or("-")))
/// }
/// # assert!(line(&Response::default()).is_none());
/// ```
#[derive(Debug, Clone)]
pub struct DeliveryRecord {
    sender: &'static str,
    id: Option<Arc<str>>,
}

impl DeliveryRecord {
    pub(crate) fn new(sender: &'static str, id: Option<Arc<str>>) -> Self {
        Self { sender, id }
    }

    /// Returns the name of the sender, as the posture has it.
    #[must_use]
    pub fn sender(&self) -> &'static str {
        self.sender
    }

    /// Returns the id of the delivery, if the sender signs one.
    #[must_use]
    pub fn delivery_id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}
