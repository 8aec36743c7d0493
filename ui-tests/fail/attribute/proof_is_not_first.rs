// The proof comes before everything that is extracted.
use auth_runtime::{Authenticated, Claims, authenticated};
use axum::extract::State;

#[authenticated]
async fn list(State(limit): State<u32>, auth: Authenticated<Claims>) {}

fn main() {}
