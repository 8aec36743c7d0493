// The compiler names the type that is returned.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

struct Order;

#[authenticated]
async fn orders() -> Order {
    Order
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(orders));
}
