// Nesting a plain router would be a side door. INC-20.
use auth_runtime::AuthRouter;
use ui_tests::App;

fn main() {
    let _ = AuthRouter::<App>::new().nest("/api", axum::Router::<App>::new());
}
