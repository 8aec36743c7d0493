// Fixes the mistake in fail/rule/bool_verdict.rs.
use auth_runtime::{Claims, Denied, Rule};
use ui_tests::Order;

struct Always;

impl Rule<Claims, Order> for Always {
    const NAME: &'static str = "always";

    fn check(_: &Claims, _: &Order) -> Result<(), Denied> {
        Ok(())
    }
}

pub(crate) fn main() {}
