// A rule must not return a bool. INC-06.
use auth_runtime::{Claims, Rule};
use ui_tests::Order;

struct Always;

impl Rule<Claims, Order> for Always {
    const NAME: &'static str = "always";

    fn check(_: &Claims, _: &Order) -> bool {
        true
    }
}

fn main() {}
