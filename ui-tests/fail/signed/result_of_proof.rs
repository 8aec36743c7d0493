// P3: a signature in a `Result` is not a proof.
use auth_runtime::{Signed, signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn hook(_event: Result<Signed<GitHub>, String>) {}

fn main() {}
