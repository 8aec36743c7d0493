// A proof without the permission cannot replace a denied one. INC-72.
use auth_runtime::{Authenticated, Claims};
use ui_tests::OrdersRefund;

fn refund(_: &Authenticated<Claims, OrdersRefund>) {}

async fn handle(auth: Authenticated<Claims>, other: Authenticated<Claims>) {
    refund(&auth.require::<OrdersRefund>().unwrap_or(other));
}

fn main() {}
