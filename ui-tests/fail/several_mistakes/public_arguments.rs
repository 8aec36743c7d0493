// All arguments are checked, whatever is wrong with the one before.
use auth_runtime::public;

#[public(
    requires = OrdersWrite, // a mistake
    reason = REASON, // a mistake
    expires = "soon", // a mistake
)]
async fn list() {}

fn main() {}
