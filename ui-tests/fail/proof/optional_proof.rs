// An optional proof is not a proof: an expired token would become a guest. INC-10, INC-12.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use auth_runtime::{Authenticated, Claims};

async fn list(_: Option<Authenticated<Claims>>) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
