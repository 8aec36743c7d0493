// The twin of fail/attribute/public_with_a_proof.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn list(auth: Authenticated<Claims>) {}

pub(crate) fn main() {}
