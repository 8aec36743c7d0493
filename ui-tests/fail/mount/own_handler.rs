// A service can implement axum's `Handler` for its own type. The gate does not use that trait: its
// own traits are private.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use axum::{extract::Request, handler::Handler, response::Response};
use std::future::{Ready, ready};

#[derive(Clone)]
struct Evil;

impl Handler<((), auth_runtime::Authenticated<auth_runtime::Claims>), App> for Evil {
    type Future = Ready<Response>;

    fn call(self, _: Request, _: App) -> Ready<Response> {
        ready(Response::default())
    }
}

fn main() {
    let _ = AuthRouter::<App>::new().route("/", get(Evil));
}
