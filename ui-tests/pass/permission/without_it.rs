// Fixes the mistake in fail/permission/without_it.rs.
use auth_runtime::{Authenticated, Claims};

use ui_tests::OrdersWrite;

fn place(_: &Authenticated<Claims, OrdersWrite>) {}

async fn create(auth: Authenticated<Claims, OrdersWrite>) {
    place(&auth);
}

pub(crate) fn main() {}
