// Fixes the mistake in fail/attribute/other_claims_than_written.rs.
use auth_runtime::{Authenticated, authenticated};

struct NodeClaims;

#[authenticated(NodeClaims)]
async fn create(auth: Authenticated<NodeClaims>) {}

pub(crate) fn main() {}
