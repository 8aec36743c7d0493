// The attribute states the claims, not the proof.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated(Authenticated<Claims>)]
async fn list() {}

fn main() {}
