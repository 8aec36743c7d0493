// The permission `()` is defined in the crate and cannot be redefined.
use auth_runtime::{Denied, Permission};

struct MyClaims;

impl Permission<MyClaims> for () {
    const NAME: &'static str = "nothing";

    fn check(_: &MyClaims) -> Result<(), Denied> {
        Ok(())
    }
}

fn main() {}
