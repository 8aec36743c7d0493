// A rule does not answer with a bool. INC-06.
use auth_runtime::{Claims, Rule};
use ui_tests::Order;

struct Anyone;

impl Rule<Claims, Order> for Anyone {
    const NAME: &'static str = "anyone";

    fn check(_: &Claims, _: &Order) -> bool {
        true
    }
}

fn main() {}
