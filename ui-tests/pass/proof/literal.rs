// The twin of fail/proof/literal.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims};

fn passed_on(auth: Authenticated<Claims>) -> Authenticated<Claims> {
    auth
}

pub(crate) fn main() {}
