// A check must not return a future, because dropping it would skip the check. INC-06.
use auth_runtime::{Claims, Denied, Permission};

struct Staff;

impl Permission<Claims> for Staff {
    const NAME: &'static str = "staff";

    async fn check(_: &Claims) -> Result<(), Denied> {
        Ok(())
    }
}

fn main() {}
