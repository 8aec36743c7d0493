// A match names each alternative of `AnyOf`, because one that is left out could mean an
// administrator.
use auth_runtime::permissions::Granted;
use auth_runtime::{AnyOf, Authenticated, Claims, Rejection};
use ui_tests::{OrdersRefund, OrdersWrite};

type Clerk = AnyOf<(OrdersRefund, OrdersWrite)>;

async fn show(auth: Authenticated<Claims, Clerk>) -> Result<&'static str, Rejection> {
    Ok(match auth.granted()? {
        Granted::First(_refund) => "refunds",
    })
}

fn main() {
    let _ = show;
}
