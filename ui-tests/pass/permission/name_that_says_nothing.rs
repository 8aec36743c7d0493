// The twin of fail/permission/name_that_says_nothing.rs, with the one thing mended.
use auth_runtime::{AuthRouter, Authenticated, Claims, Denied, Permission, routing::get};
use ui_tests::App;

struct Staff;

impl Permission<Claims> for Staff {
    const NAME: &'static str = "staff";
    fn check(_: &Claims) -> Result<(), Denied> {
        Err(Denied::new("only for the test"))
    }
}

async fn list(_: Authenticated<Claims, Staff>) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/", get(list));
}
