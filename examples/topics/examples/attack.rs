//! Attacks each route of a service, and prints the report.
//!
//! `cargo run -p topics --example attack`. In a service this is a test:
//! `attack(app).with(&issuer).await.assert_nothing_got_through()`.

use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Claims, Events, Verifier, authenticated, public};
use auth_testkit::{TestIssuer, attack};
use std::error::Error;

#[authenticated]
async fn list() -> &'static str {
    "two orders"
}

#[public(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok"
}

/// The service.
pub fn app(verifier: Verifier<Claims>) -> AuthRouter {
    AuthRouter::new().route("/orders", get(list)).route("/health", get(health)).with_state(verifier)
}

/// Prints the report.
///
/// # Errors
///
/// When the configuration is refused.
///
/// # Panics
///
/// When an attack got through.
#[tokio::main]
pub async fn main() -> Result<(), Box<dyn Error>> {
    // It signs good tokens, and bad ones with the same key.
    let issuer = TestIssuer::new();
    let verifier = issuer.verifier(Events::discard("the kit reads the answers"))?;
    let report = attack(app(verifier)).with(&issuer).await;
    println!("{report}");
    report.assert_nothing_got_through();
    Ok(())
}
