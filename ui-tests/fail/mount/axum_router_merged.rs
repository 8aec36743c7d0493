// Merging a plain router, before or after a layer, would be a side door. INC-15.
use auth_runtime::AuthRouter;
use ui_tests::App;

fn main() {
    let _ = AuthRouter::<App>::new().merge(axum::Router::<App>::new());
}
