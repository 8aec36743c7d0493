// The twin of fail/permission/alternative_missing.rs, with the one thing mended.
use auth_runtime::permissions::Granted;
use auth_runtime::{AnyOf, Authenticated, Claims, Rejection};
use ui_tests::{OrdersRefund, OrdersWrite};

type Clerk = AnyOf<(OrdersRefund, OrdersWrite)>;

async fn show(auth: Authenticated<Claims, Clerk>) -> Result<&'static str, Rejection> {
    Ok(match auth.granted()? {
        Granted::First(_refund) => "refunds",
        Granted::Other(_write) => "writes",
    })
}

pub(crate) fn main() {
    let _ = show;
}
