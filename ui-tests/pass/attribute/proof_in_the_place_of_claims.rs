// Fixes the mistake in fail/attribute/proof_in_the_place_of_claims.rs.
use auth_runtime::{Claims, authenticated};

#[authenticated(Claims)]
async fn list() {}

pub(crate) fn main() {}
