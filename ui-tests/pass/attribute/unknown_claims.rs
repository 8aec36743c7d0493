// Fixes the mistake in fail/attribute/unknown_claims.rs.
use auth_runtime::{Claims, authenticated};

#[authenticated(Claims)]
async fn list() {}

pub(crate) fn main() {}
