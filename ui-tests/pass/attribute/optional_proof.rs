// Fixes the mistake in fail/attribute/optional_proof.rs.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn list(auth: Authenticated<Claims>) {}

pub(crate) fn main() {}
