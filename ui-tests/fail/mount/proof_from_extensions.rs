// A proof does not travel in extensions, because any layer can write them.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use auth_runtime::{Authenticated, Claims};
use axum::Extension;
use std::sync::Arc;

async fn list(Extension(_): Extension<Arc<Authenticated<Claims>>>) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
