// The attribute and the parameter must not name different claims.
use auth_runtime::{Authenticated, Claims, authenticated};

struct NodeClaims;

#[authenticated(NodeClaims)]
async fn create(auth: Authenticated<Claims>) {}

fn main() {}
