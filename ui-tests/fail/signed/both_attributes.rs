// P1: one handler, one decision.
use auth_runtime::{public, signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
#[public(reason = "GitHub calls it")]
async fn hook() {}

fn main() {}
