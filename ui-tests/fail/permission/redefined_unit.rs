// "No permission" is defined once, and can't be defined again.
use auth_runtime::{Denied, Permission};

struct MyClaims;

impl Permission<MyClaims> for () {
    const NAME: &'static str = "nothing";

    fn check(_: &MyClaims) -> Result<(), Denied> {
        Ok(())
    }
}

fn main() {}
