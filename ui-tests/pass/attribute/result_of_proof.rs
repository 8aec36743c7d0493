// Fixes the mistake in fail/attribute/result_of_proof.rs.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn list(auth: Authenticated<Claims>) {}

pub(crate) fn main() {}
