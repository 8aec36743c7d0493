// All arguments are checked, also those after a wrong one.
use auth_runtime::public;

#[public(
    requires = OrdersWrite, // a mistake
    reason = REASON, // a mistake
    expires = "soon", // a mistake
)]
async fn list() {}

fn main() {}
