// A proof is handed over, not lent.
use auth_runtime::{Authenticated, Claims, authenticated};

#[authenticated]
async fn list(auth: &Authenticated<Claims>) {}

fn main() {}
