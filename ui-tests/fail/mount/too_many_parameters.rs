// The gate supports as many parameters as axum: 16, including the proof.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use auth_runtime::{Authenticated, Claims};
use axum::extract::State;

#[rustfmt::skip]
async fn list(_: Authenticated<Claims>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
