// The twin of fail/attribute/proof_is_not_first.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims, authenticated};
use axum::extract::State;

#[authenticated]
async fn list(auth: Authenticated<Claims>, State(limit): State<u32>) {}

pub(crate) fn main() {}
