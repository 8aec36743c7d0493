// Every known caller has the permission `()`, so `AnyOf` with `()` inside requires nothing.
use auth_runtime::{AnyOf, AuthRouter, Authenticated, Claims, routing::get};
use ui_tests::{App, OrdersWrite};

async fn create(_: Authenticated<Claims, AnyOf<(OrdersWrite, ())>>) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(create));
}
