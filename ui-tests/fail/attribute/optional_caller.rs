// An optional caller is not a caller, so the attribute does not accept its type.
use auth_runtime::{Claims, authenticated};

#[authenticated(Option<Claims>)]
async fn list() {}

fn main() {}
