// A state without a verifier cannot authenticate a caller. INC-26, INC-50.
use auth_runtime::{AuthRouter, authenticated, routing::get};

#[authenticated]
async fn list() -> &'static str {
    "orders"
}

fn main() {
    let _ = AuthRouter::<u32>::new().route("/orders", get(list));
}
