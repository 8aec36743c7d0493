// axum's `Handler` can be implemented for a type of one's own; the gate asks for no such thing. It has traits of
// its own, which nobody can name.
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
