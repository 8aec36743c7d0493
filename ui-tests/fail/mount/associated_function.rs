// An associated function needs a proof, like any handler.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

struct Orders;

impl Orders {
    async fn list() -> &'static str {
        "orders"
    }
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/", get(Orders::list));
}
