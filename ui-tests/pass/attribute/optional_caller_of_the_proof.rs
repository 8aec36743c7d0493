// Fixes the mistake in fail/attribute/optional_caller_of_the_proof.rs.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn list(_: Authenticated<Claims>) {}

pub(crate) fn main() {}
