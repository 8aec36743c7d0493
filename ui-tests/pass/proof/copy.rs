// Fixes the mistake in fail/proof/copy.rs.
use auth_runtime::{Authenticated, Claims};

fn once(auth: Authenticated<Claims>) -> [Authenticated<Claims>; 1] {
    [auth]
}

pub(crate) fn main() {}
