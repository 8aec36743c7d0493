// The twin of fail/proof/clone.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims};

fn kept(auth: &Authenticated<Claims>) -> Claims {
    Claims::clone(auth)
}

pub(crate) fn main() {}
