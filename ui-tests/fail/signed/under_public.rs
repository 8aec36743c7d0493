// A public handler cannot prove a signature, because it would reject its other clients.
use auth_runtime::{Signed, public, signature};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[public(reason = "GitHub calls it")]
async fn hook(_event: Signed<GitHub>) {}

fn main() {}
