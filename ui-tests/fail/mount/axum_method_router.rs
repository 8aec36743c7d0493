// axum's own `get` does not require a decision, so its routes cannot be mounted.
use auth_runtime::AuthRouter;
use axum::routing::get;
use ui_tests::App;

async fn list() -> &'static str {
    "orders"
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
