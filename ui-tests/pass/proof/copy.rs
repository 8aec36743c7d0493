// The twin of fail/proof/copy.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims};

fn once(auth: Authenticated<Claims>) -> [Authenticated<Claims>; 1] {
    [auth]
}

pub(crate) fn main() {}
