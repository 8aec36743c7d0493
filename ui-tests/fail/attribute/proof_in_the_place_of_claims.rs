// The attribute names the claims type, not the proof type.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated(Authenticated<Claims>)]
async fn list() {}

fn main() {}
