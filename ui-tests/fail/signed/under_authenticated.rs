// A handler makes one decision, and the attribute names it.
use auth_runtime::{Signed, authenticated, signature};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[authenticated]
async fn hook(_event: Signed<GitHub>) {}

fn main() {}
