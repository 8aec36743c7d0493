// The twin of fail/mount/closure_with_an_extractor.rs, with the one thing mended.
use auth_runtime::{AuthRouter, Authenticated, Claims, routing::get};
use axum::extract::Path;
use ui_tests::App;

pub(crate) fn main() {
    let _ = AuthRouter::<App>::new().route("/{id}", get(|_: Authenticated<Claims>, Path(id): Path<String>| async { id }));
}
