// A proof cannot be written as a literal, because its fields are private.
use auth_runtime::{Authenticated, Claims};

fn forged(claims: Claims) -> Authenticated<Claims> {
    Authenticated { claims }
}

fn main() {}
