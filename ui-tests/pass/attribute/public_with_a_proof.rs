// Fixes the mistake in fail/attribute/public_with_a_proof.rs.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn list(auth: Authenticated<Claims>) {}

pub(crate) fn main() {}
