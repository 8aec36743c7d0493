// A proof is not `Clone`, so a handler cannot keep one beyond its request.
use auth_runtime::{Authenticated, Claims};

fn kept(auth: &Authenticated<Claims>) -> Authenticated<Claims> {
    Clone::clone(auth)
}

fn main() {}
