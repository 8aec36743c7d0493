// Fixes the mistake in fail/proof/own_proof.rs.
use auth_runtime::{Authenticated, Claims};

fn mount(_: Authenticated<Claims>) {}

pub(crate) fn main() {}
