// The router cannot find a proof that is inside of another type.
use auth_runtime::{Signed, signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn hook((_event, _id): (Signed<GitHub>, String)) {}

fn main() {}
