// A function that asks for a permission is not called without it.
use auth_runtime::{Authenticated, Claims};

use ui_tests::OrdersWrite;

fn place(_: &Authenticated<Claims, OrdersWrite>) {}

async fn create(auth: Authenticated<Claims>) {
    place(&auth);
}

fn main() {}
