// A verdict is no future, which would be there and say nothing. INC-06.
use auth_runtime::{Claims, Denied, Permission};

struct Staff;

impl Permission<Claims> for Staff {
    const NAME: &'static str = "staff";

    async fn check(_: &Claims) -> Result<(), Denied> {
        Ok(())
    }
}

fn main() {}
