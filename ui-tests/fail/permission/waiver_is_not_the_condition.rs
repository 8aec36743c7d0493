// A proof that waives a condition is not a proof of it.
use auth_runtime::{Authenticated, Claims, Despite};

fn orders(_: &Authenticated<Claims, ui_tests::OrdersWrite>) {}

fn pay(auth: &Authenticated<Claims, Despite<ui_tests::OrdersWrite>>) {
    orders(&auth.weaken());
}

fn main() {}
