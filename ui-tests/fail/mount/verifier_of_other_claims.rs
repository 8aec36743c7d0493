// A verifier for other claims cannot make this proof. INC-33.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

#[derive(serde::Deserialize)]
struct NodeClaims {}

#[authenticated(NodeClaims)]
async fn list() -> &'static str {
    "orders"
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
