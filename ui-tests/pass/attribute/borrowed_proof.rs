// Fixes the mistake in fail/attribute/borrowed_proof.rs.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn list(auth: Authenticated<Claims>) {}

pub(crate) fn main() {}
