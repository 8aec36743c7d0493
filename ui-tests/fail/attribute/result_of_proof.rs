// The attribute rejects a `Result` with a proof inside. INC-07.
use auth_runtime::{Authenticated, Claims, Rejection, authenticated};

#[authenticated]
async fn list(auth: Result<Authenticated<Claims>, Rejection>) {}

fn main() {}
