// Fixes the mistake in fail/permission/redefined_unit.rs.
use auth_runtime::{Denied, Permission};

struct MyClaims;
struct Nothing;

impl Permission<MyClaims> for Nothing {
    const NAME: &'static str = "nothing";

    fn check(_: &MyClaims) -> Result<(), Denied> {
        Ok(())
    }
}

pub(crate) fn main() {}
