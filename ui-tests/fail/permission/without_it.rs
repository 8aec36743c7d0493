// A function that takes a proof of a permission cannot be called without it.
use auth_runtime::{Authenticated, Claims};

use ui_tests::OrdersWrite;

fn place(_: &Authenticated<Claims, OrdersWrite>) {}

async fn create(auth: Authenticated<Claims>) {
    place(&auth);
}

fn main() {}
