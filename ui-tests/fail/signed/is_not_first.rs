// P4: nothing is extracted from a request that may be forged.
use auth_runtime::{Signed, signature, signed};
use auth_runtime::signatures::Scheme;
use axum::extract::Path;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn hook(Path(_id): Path<u64>, _event: Signed<GitHub>) {}

fn main() {}
