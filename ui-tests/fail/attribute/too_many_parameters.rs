// axum takes 16 parameters, the proof among them.
use auth_runtime::authenticated;
use axum::extract::State;

#[authenticated]
#[rustfmt::skip]
async fn list(_: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>) {}

fn main() {}
