// Fixes the mistake in fail/signed/own_sender.rs.
use auth_runtime::{Signed, signature};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());
signature!(Shop = Scheme::shopify());

fn passed_on(event: Signed<Shop>) -> Signed<Shop> {
    event
}

pub(crate) fn main() {}
