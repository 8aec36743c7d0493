// The twin of fail/rule/bool_verdict.rs, with the one thing mended.
use auth_runtime::{Claims, Denied, Rule};
use ui_tests::Order;

struct Anyone;

impl Rule<Claims, Order> for Anyone {
    const NAME: &'static str = "anyone";

    fn check(_: &Claims, _: &Order) -> Result<(), Denied> {
        Ok(())
    }
}

pub(crate) fn main() {}
