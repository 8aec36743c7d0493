// A proof is not `Copy`: once given away it is gone.
use auth_runtime::{Authenticated, Claims};

fn twice(auth: Authenticated<Claims>) -> [Authenticated<Claims>; 2] {
    [auth, auth]
}

fn main() {}
