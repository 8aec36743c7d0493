// `requires` must name a permission for these claims.
use auth_runtime::{AuthRouter, authenticated, routing::get};
use ui_tests::App;

struct Staff;

#[authenticated(auth_runtime::Claims, requires = Staff)]
async fn list() {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
