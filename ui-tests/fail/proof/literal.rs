// A proof can't be written down: its fields are private.
use auth_runtime::{Authenticated, Claims};

fn forged(claims: Claims) -> Authenticated<Claims> {
    Authenticated { claims }
}

fn main() {}
