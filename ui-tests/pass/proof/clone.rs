// Fixes the mistake in fail/proof/clone.rs.
use auth_runtime::{Authenticated, Claims};

fn kept(auth: &Authenticated<Claims>) -> Claims {
    Claims::clone(auth)
}

pub(crate) fn main() {}
