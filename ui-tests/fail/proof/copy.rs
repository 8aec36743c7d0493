// A proof is not `Copy`: it is used once.
use auth_runtime::{Authenticated, Claims};

fn twice(auth: Authenticated<Claims>) -> [Authenticated<Claims>; 2] {
    [auth, auth]
}

fn main() {}
