// Public, with a proof that may be absent: the bool of the incident under another name.
use auth_runtime::{Authenticated, Claims, Rejection, public};

#[public(reason = "the front page greets those who are known")]
async fn front(auth: Result<Authenticated<Claims>, Rejection>) {}

fn main() {}
