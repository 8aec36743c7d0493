//! Uses `auth-runtime` under another name.

// For `ui-tests/reexported`, which uses `auth-runtime` only through this crate.
pub use gate as auth;

use gate::{AuthRouter, Authenticated, Claims, Verifier, authenticated, public, routing::get, scope};

scope!(pub OrdersWrite = "orders:write");

#[authenticated(Claims, requires = OrdersWrite)]
async fn create(auth: Authenticated<Claims, OrdersWrite>) -> String {
    auth.sub.clone()
}

#[authenticated]
async fn list() -> &'static str {
    "orders"
}

#[public(reason = "load balancer probe", expires = "2027-01-31")]
async fn health() -> &'static str {
    "ok"
}

/// Mounts the handlers.
pub fn app(verifier: Verifier<Claims>) -> AuthRouter {
    AuthRouter::new().route("/orders", get(list).post(create)).route("/health", get(health)).with_state(verifier)
}
