// Fixes the mistake in fail/permission/async_check.rs.
use auth_runtime::{Claims, Denied, Permission};

struct Staff;

impl Permission<Claims> for Staff {
    const NAME: &'static str = "staff";

    fn check(_: &Claims) -> Result<(), Denied> {
        Ok(())
    }
}

pub(crate) fn main() {}
