// The twin of fail/rule/name_that_says_nothing.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims, Denied, Rejection, Rule};
use ui_tests::Order;

struct CanClose;

impl Rule<Claims, Order> for CanClose {
    const NAME: &'static str = "close an order";
    fn check(_: &Claims, _: &Order) -> Result<(), Denied> {
        Err(Denied::new("only for the test"))
    }
}

fn main() {
    let _ = |auth: Authenticated<Claims>, order: Order| -> Result<(), Rejection> {
        auth.permit::<CanClose, _>(order).map(drop)
    };
}
