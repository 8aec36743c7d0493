// Fixes the mistake in fail/attribute/optional_caller.rs.
use auth_runtime::{Claims, authenticated};

#[authenticated(Claims)]
async fn list() {}

pub(crate) fn main() {}
