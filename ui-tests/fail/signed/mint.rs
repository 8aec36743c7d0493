// P2: the function that makes the proof is private to the trusted crate.
use auth_runtime::{Signed, signature};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

fn forged() {
    let _ = Signed::<GitHub>::assert_signed;
}

fn main() {}
