// P2: the bytes of a signed request are in its proof.
use auth_runtime::{signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn hook(_body: axum::body::Bytes) {}

fn main() {}
