// axum supports 16 parameters, including the proof.
use auth_runtime::authenticated;
use axum::extract::State;

#[authenticated]
#[rustfmt::skip]
async fn list(_: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>) {}

fn main() {}
