// A type alias does not hide an optional proof.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use auth_runtime::{Authenticated, Claims};

type Caller = Option<Authenticated<Claims>>;

async fn list(_: Caller) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
