//! Requires scopes and roles, and combines them.
//!
//! `cargo run -p topics --example permissions`

use auth_runtime::routing::get;
use auth_runtime::{AnyOf, AuthRouter, Claims, Events, Verifier, authenticated, claim, scope};
use std::error::Error;
use topics::Custom;

scope!(OrdersRead = "orders:read");
scope!(OrdersWrite = "orders:write");
claim!(Clerk = "clerk" in "roles");

// One of the two.
#[authenticated(Claims, requires = AnyOf<(OrdersRead, OrdersWrite)>)]
async fn list() -> &'static str {
    "two orders"
}

#[authenticated(Claims, requires = OrdersWrite)]
async fn place() -> &'static str {
    "placed"
}

// A tuple: both.
#[authenticated(Claims, requires = (OrdersWrite, Clerk))]
async fn cancel() -> &'static str {
    "cancelled"
}

/// The service.
pub fn app(verifier: Verifier<Claims>) -> AuthRouter {
    AuthRouter::new().route("/orders", get(list).post(place).delete(cancel)).with_state(verifier)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = topics::issuer()?;
    let reader = Custom { scope: "orders:read", ..Custom::default() };
    let clerk = Custom { scope: "orders:write", roles: &["clerk"] };
    println!("200, and 403 with the event `denied`:");
    topics::print_curl(&issuer, reader, "/orders")?;
    topics::print_curl(&issuer, reader, "/orders -X POST")?;
    println!("200:");
    topics::print_curl(&issuer, clerk, "/orders -X DELETE")?;
    topics::serve(app(issuer.verifier(Events::stderr()).build()?)).await
}
