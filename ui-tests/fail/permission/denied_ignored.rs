// A denial must be returned. INC-04.
#![deny(unused_must_use)]
use auth_runtime::{Claims, Denied};

fn check(claims: &Claims) -> Result<(), Denied> {
    if claims.client_id.is_none() {
        Denied::new("no client");
    }
    Ok(())
}

fn main() {}
