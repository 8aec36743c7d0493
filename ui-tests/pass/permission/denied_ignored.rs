// Fixes the mistake in fail/permission/denied_ignored.rs.
#![deny(unused_must_use)]
use auth_runtime::{Claims, Denied};

fn check(claims: &Claims) -> Result<(), Denied> {
    if claims.client_id.is_none() {
        return Err(Denied::new("no client"));
    }
    Ok(())
}

pub(crate) fn main() {}
