//! Uses `auth-runtime` through a re-export only, so the attributes need `crate = ..`.

use renamed::auth::{AuthRouter, Authenticated, Claims, Verifier, authenticated, public, routing::get, scope};

scope!(pub OrdersWrite = "orders:write");

#[authenticated(Claims, requires = OrdersWrite, crate = renamed::auth)]
async fn create(auth: Authenticated<Claims, OrdersWrite>) -> String {
    auth.sub.clone()
}

#[authenticated(crate = renamed::auth)]
async fn list() -> &'static str {
    "orders"
}

#[public(reason = "load balancer probe", expires = "2027-01-31", crate = renamed::auth)]
async fn health() -> &'static str {
    "ok"
}

#[public(crate = renamed::auth)]
async fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Mounts the handlers.
pub fn app(verifier: Verifier<Claims>) -> AuthRouter {
    AuthRouter::new()
        .route("/orders", get(list).post(create))
        .route("/health", get(health))
        .route("/version", get(version))
        .with_state(verifier)
}
