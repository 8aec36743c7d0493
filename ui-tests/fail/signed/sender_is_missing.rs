// Without a sender the gate would not know whose signature to require.
use auth_runtime::{signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed]
async fn hook() {}

fn main() {}
