// P2: a proof cannot be cloned, so that one delivery is handled once.
use auth_runtime::{Signed, signature};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

fn twice(event: &Signed<GitHub>) -> Signed<GitHub> {
    event.clone()
}

fn main() {}
