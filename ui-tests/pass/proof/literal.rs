// Fixes the mistake in fail/proof/literal.rs.
use auth_runtime::{Authenticated, Claims};

fn passed_on(auth: Authenticated<Claims>) -> Authenticated<Claims> {
    auth
}

pub(crate) fn main() {}
