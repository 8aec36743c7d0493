// Fixes the mistake in fail/attribute/proof_is_not_first.rs.
use auth_runtime::{Authenticated, Claims, authenticated};
use axum::extract::State;

#[authenticated]
async fn list(auth: Authenticated<Claims>, State(limit): State<u32>) {}

pub(crate) fn main() {}
