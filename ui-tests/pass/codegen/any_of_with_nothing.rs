// The fix: without `AnyOf`, the scope is required.
use auth_runtime::{AuthRouter, Authenticated, Claims, routing::get};
use ui_tests::{App, OrdersWrite};

async fn create(_: Authenticated<Claims, OrdersWrite>) {}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(create));
}
