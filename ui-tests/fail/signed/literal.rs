// P2: a proof cannot be written as a literal, because its fields are private.
use auth_runtime::{Signed, signature};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

fn forged(body: Vec<u8>) -> Signed<GitHub> {
    Signed { body }
}

fn main() {}
