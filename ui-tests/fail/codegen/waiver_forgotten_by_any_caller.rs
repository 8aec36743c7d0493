// `Authenticated<Claims>` states all conditions of the verifier, and this proof waives one.
use auth_runtime::{Authenticated, Claims, Despite};
use ui_tests::OrdersWrite;

fn orders(_: &Authenticated<Claims>) {}

fn pay(auth: &Authenticated<Claims, Despite<OrdersWrite>>) {
    orders(&auth.as_any_caller());
}

fn main() {
    let _: fn(&Authenticated<Claims, Despite<OrdersWrite>>) = pay;
}
