// The compiler names the state that the router's state does not contain.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use axum::extract::State;
use ui_tests::App;

#[authenticated]
async fn orders(State(name): State<String>) -> String {
    name
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(orders));
}
