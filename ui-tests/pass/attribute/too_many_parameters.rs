// The twin of fail/attribute/too_many_parameters.rs, with the one thing mended.
use auth_runtime::authenticated;
use axum::extract::State;

#[authenticated]
#[rustfmt::skip]
async fn list(_: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>) {}

pub(crate) fn main() {}
