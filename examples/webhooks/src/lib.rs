//! Webhooks of three senders, and a list of what arrived for authenticated callers.
//!
//! - `github.rs`, `stripe.rs` and `standard.rs` have a sender each: its scheme and its handler.
//! - `deliveries.rs` has the table. Its vault opens with a caller's token or a sender's signature.

mod deliveries;
mod github;
mod standard;
mod stripe;

use auth_runtime::routing::{get, post};
use auth_runtime::signatures::Signatures;
use auth_runtime::{AuthRouter, Claims, Vault, Verifier};
use axum::extract::FromRef;

pub use deliveries::Deliveries;
pub use github::GitHub;
pub use standard::Standard;
pub use stripe::Stripe;

/// The state of the router.
#[derive(Clone, Debug, FromRef)]
pub struct App {
    /// Verifies the tokens of callers.
    pub verifier: Verifier<Claims>,
    /// Verifies the requests of GitHub.
    pub github: Signatures<GitHub>,
    /// Verifies the requests of Stripe.
    pub stripe: Signatures<Stripe>,
    /// Verifies the requests of a sender of Standard Webhooks.
    pub standard: Signatures<Standard>,
    /// The table of deliveries.
    pub deliveries: Vault<Deliveries, Claims>,
}

/// Returns the routes.
pub fn app(state: App) -> AuthRouter {
    AuthRouter::new()
        .route("/hooks/github", post(github::pushed))
        .route("/hooks/stripe", post(stripe::charged))
        .route("/hooks/standard", post(standard::sent))
        .route("/deliveries", get(deliveries::list))
        .with_state(state)
}
