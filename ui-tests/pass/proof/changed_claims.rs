// Fixes the mistake in fail/proof/changed_claims.rs.
use auth_runtime::{Authenticated, Claims};

fn seen(auth: Authenticated<Claims>) -> String {
    auth.sub.clone()
}

pub(crate) fn main() {}
