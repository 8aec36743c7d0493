// A proof or an error is refused where it is written. INC-07.
use auth_runtime::{Authenticated, Claims, Rejection, authenticated};

#[authenticated]
async fn list(auth: Result<Authenticated<Claims>, Rejection>) {}

fn main() {}
