// A handler takes its proof by value, not by reference.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn list(auth: &Authenticated<Claims>) {}

fn main() {}
