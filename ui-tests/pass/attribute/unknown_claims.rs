// The twin of fail/attribute/unknown_claims.rs, with the one thing mended.
use auth_runtime::{Claims, authenticated};

#[authenticated(Claims)]
async fn list() {}

pub(crate) fn main() {}
