// Any code can make claims, so claims do not convert to a proof. INC-59.
use auth_runtime::{Authenticated, Claims};

fn forged(claims: Claims) -> Authenticated<Claims> {
    claims.into()
}

fn main() {}
