// A sender that is misspelled does not compile.
use auth_runtime::{signature, signed};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

#[signed(Gitlab)]
async fn hook() {}

fn main() {}
