// Fixes the mistake in fail/signed/clone.rs.
use auth_runtime::{Signed, signature};
use auth_runtime::signatures::Scheme;

signature!(GitHub = Scheme::github());

fn once(event: &Signed<GitHub>) -> &[u8] {
    event.bytes()
}

pub(crate) fn main() {}
