// A public handler with a proof that may be absent repeats the `bool` of the incident.
use auth_runtime::{Authenticated, Claims, Rejection, public};

#[public(reason = "the front page greets those who are known")]
async fn front(auth: Result<Authenticated<Claims>, Rejection>) {}

fn main() {}
