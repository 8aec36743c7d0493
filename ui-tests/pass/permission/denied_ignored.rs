// The twin of fail/permission/denied_ignored.rs, with the one thing mended.
#![deny(unused_must_use)]
use auth_runtime::{Claims, Denied};

fn check(claims: &Claims) -> Result<(), Denied> {
    if claims.client_id.is_none() {
        return Err(Denied::new("no client"));
    }
    Ok(())
}

pub(crate) fn main() {}
