// A waiver inside of another permission would be hard to find, so it stands around all of them.
use auth_runtime::{AuthRouter, Authenticated, Claims, Despite, Verifier, routing::post, scope};
use ui_tests::OrdersWrite;

scope!(TermsAccepted = "terms:accepted");

async fn create(_: Authenticated<Claims, (OrdersWrite, Despite<TermsAccepted>)>) {}

fn main() {
    let _ = AuthRouter::<Verifier<Claims>>::new().route("/orders", post(create));
}
