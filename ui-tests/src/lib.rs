//! What the cases have in common: a state with a verifier in it, and two scopes.

use auth_runtime::{Claims, Verifier, scope};
use axum::extract::FromRef;

/// The state of the services in the cases.
#[derive(Clone, FromRef)]
pub struct App {
    /// Makes the proofs.
    pub verifier: Verifier<Claims>,
    /// Some other part.
    pub limit: u32,
}

scope!(pub OrdersWrite = "orders:write");
scope!(pub OrdersRefund = "orders:refund");
