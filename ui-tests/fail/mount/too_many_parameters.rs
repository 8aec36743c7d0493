// axum takes 16 parameters, and so do we, the proof among them.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use auth_runtime::{Authenticated, Claims};
use axum::extract::State;

#[rustfmt::skip]
async fn list(_: Authenticated<Claims>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
