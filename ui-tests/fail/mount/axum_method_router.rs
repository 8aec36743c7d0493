// axum's own `get` knows nothing of decisions, so its routes don't fit.
use auth_runtime::AuthRouter;
use axum::routing::get;
use ui_tests::App;

async fn list() -> &'static str {
    "orders"
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
