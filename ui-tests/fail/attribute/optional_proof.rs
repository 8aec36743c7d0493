// An optional proof is refused where it is written, before any router sees it. INC-12.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn list(auth: Option<Authenticated<Claims>>) {}

fn main() {}
