// The twin of fail/permission/without_it.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims};

use ui_tests::OrdersWrite;

fn place(_: &Authenticated<Claims, OrdersWrite>) {}

async fn create(auth: Authenticated<Claims, OrdersWrite>) {
    place(&auth);
}

pub(crate) fn main() {}
