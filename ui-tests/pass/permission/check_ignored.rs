// The twin of fail/permission/check_ignored.rs, with the one thing mended.
use auth_runtime::{Authenticated, Claims, Rejection};
use ui_tests::OrdersRefund;

async fn refund(auth: Authenticated<Claims>, owner: String) -> Result<String, Rejection> {
    if auth.sub != owner {
        auth.check::<OrdersRefund>()?;
    }
    Ok(auth.sub.clone())
}

pub(crate) fn main() {
    let _ = refund;
}
