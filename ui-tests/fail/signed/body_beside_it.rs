// P2: only the verified bytes reach the handler, so no other parameter reads the body.
use auth_runtime::{Signed, signature, signed};
use auth_runtime::signatures::Scheme;
use axum::Json;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn hook(_event: Signed<GitHub>, Json(_push): Json<Vec<String>>) {}

fn main() {}
