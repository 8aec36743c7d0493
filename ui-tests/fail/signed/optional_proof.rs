// P3: an optional signature is not a proof, because the handler would run without one.
use auth_runtime::{Signed, signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn hook(_event: Option<Signed<GitHub>>) {}

fn main() {}
