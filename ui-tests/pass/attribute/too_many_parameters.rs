// Fixes the mistake in fail/attribute/too_many_parameters.rs.
use auth_runtime::authenticated;
use axum::extract::State;

#[authenticated]
#[rustfmt::skip]
async fn list(_: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>, _: State<u32>) {}

pub(crate) fn main() {}
