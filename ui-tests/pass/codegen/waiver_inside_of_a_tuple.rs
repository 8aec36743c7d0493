// The fix: the waiver stands around the permission.
use auth_runtime::{AuthRouter, Authenticated, Claims, Despite, Verifier, routing::post, scope};
use ui_tests::OrdersWrite;

scope!(TermsAccepted = "terms:accepted");

async fn create(_: Authenticated<Claims, Despite<TermsAccepted, OrdersWrite>>) {}

pub(crate) fn main() {
    let _ = AuthRouter::<Verifier<Claims>>::new().route("/orders", post(create));
}
