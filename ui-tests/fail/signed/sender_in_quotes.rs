// The sender is a type, so that a misspelled one does not compile.
use auth_runtime::{signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed("github")]
async fn hook() {}

fn main() {}
