// A check must not return a bool. INC-06.
use auth_runtime::{Claims, Permission};

struct Staff;

impl Permission<Claims> for Staff {
    const NAME: &'static str = "staff";

    fn check(_: &Claims) -> bool {
        true
    }
}

fn main() {}
