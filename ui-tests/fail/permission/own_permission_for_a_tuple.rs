// A service's own `Permission` impl for a tuple does not prove the tuple's members.
use auth_runtime::{Authenticated, Denied, Permission};
use ui_tests::OrdersWrite;

struct Mine;

impl Permission<Mine> for (OrdersWrite, u8) {
    const NAME: &'static str = "basic";

    fn check(_: &Mine) -> Result<(), Denied> {
        Ok(())
    }
}

fn wipe(_: &Authenticated<Mine, OrdersWrite>) {}

fn handle(auth: &Authenticated<Mine, (OrdersWrite, u8)>) {
    wipe(&auth.weaken());
}

fn main() {}
