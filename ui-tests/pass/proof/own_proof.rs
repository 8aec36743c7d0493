// The twin of fail/proof/own_proof.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims};

fn mount(_: Authenticated<Claims>) {}

pub(crate) fn main() {}
