// A `Result` with a proof inside repeats the `bool` of the incident.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use auth_runtime::{Authenticated, Claims, Rejection};

async fn list(_: Result<Authenticated<Claims>, Rejection>) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
