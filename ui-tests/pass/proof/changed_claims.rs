// The twin of fail/proof/changed_claims.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims};

fn seen(auth: Authenticated<Claims>) -> String {
    auth.sub.clone()
}

pub(crate) fn main() {}
