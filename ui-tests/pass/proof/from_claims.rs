// Fixes the mistake in fail/proof/from_claims.rs.
use auth_runtime::{Authenticated, Claims};

fn data(auth: &Authenticated<Claims>) -> &Claims {
    auth
}

pub(crate) fn main() {}
