// An optional caller is not a caller, wherever its type is written.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn list(_: Authenticated<Option<Claims>>) {}

fn main() {}
