// Claims are data that anybody can make; no proof comes of them. INC-59.
use auth_runtime::{Authenticated, Claims};

fn forged(claims: Claims) -> Authenticated<Claims> {
    claims.into()
}

fn main() {}
