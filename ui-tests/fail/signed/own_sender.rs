// P2: a proof of one sender is not that of another.
use auth_runtime::{Signed, signature};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());
signature!(Shop = Scheme::shopify());

fn converted(event: Signed<GitHub>) -> Signed<Shop> {
    event
}

fn main() {}
