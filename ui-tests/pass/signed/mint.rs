// Fixes the mistake in fail/signed/mint.rs.
use auth_runtime::{Signed, signature};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

fn passed_on(event: Signed<GitHub>) -> Signed<GitHub> {
    event
}

pub(crate) fn main() {}
