// The compiler names the parameter's type.
use auth_runtime::{AuthRouter, authenticated, routing::post};
use ui_tests::App;

#[derive(serde::Deserialize)]
struct Order {
    item: String,
}

#[authenticated]
async fn orders(order: Order) -> String {
    order.item
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", post(orders));
}
