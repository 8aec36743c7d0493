// The twin of fail/proof/from_claims.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims};

fn data(auth: &Authenticated<Claims>) -> &Claims {
    auth
}

pub(crate) fn main() {}
