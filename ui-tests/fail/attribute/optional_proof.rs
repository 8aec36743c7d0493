// The attribute rejects an optional proof, before a router sees the handler. INC-12.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn list(auth: Option<Authenticated<Claims>>) {}

fn main() {}
