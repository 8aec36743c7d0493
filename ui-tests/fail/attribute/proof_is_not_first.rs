// The proof must be the first parameter, before all extractors.
use auth_runtime::{Authenticated, Claims, authenticated};
use axum::extract::State;

#[authenticated]
async fn list(State(limit): State<u32>, auth: Authenticated<Claims>) {}

fn main() {}
