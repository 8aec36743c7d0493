// Fixes the mistake in fail/proof/default.rs.
use auth_runtime::{Authenticated, Claims};

fn forged() -> Option<Authenticated<Claims>> {
    Default::default()
}

pub(crate) fn main() {}
