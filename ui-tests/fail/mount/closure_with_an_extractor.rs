// A closure cannot be annotated, so the error says which parameter to write.
use auth_runtime::{AuthRouter, routing::get};
use axum::extract::Path;
use ui_tests::App;

fn main() {
    let _ = AuthRouter::<App>::new().route("/{id}", get(|Path(id): Path<String>| async { id }));
}
