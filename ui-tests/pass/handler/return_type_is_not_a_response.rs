// Fixes the mistake in fail/handler/return_type_is_not_a_response.rs.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

struct Order;

#[authenticated]
async fn orders() -> String {
    let Order = Order;
    String::new()
}

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(orders));
}
