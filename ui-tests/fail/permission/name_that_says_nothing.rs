// The name of a permission stands in the posture and in events.
use auth_runtime::{AuthRouter, Authenticated, Claims, Denied, Permission, routing::get};
use ui_tests::App;

struct Staff;

impl Permission<Claims> for Staff {
    const NAME: &'static str = "\u{3164}";
    fn check(_: &Claims) -> Result<(), Denied> {
        Err(Denied::new("only for the test"))
    }
}

async fn list(_: Authenticated<Claims, Staff>) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/", get(list));
}
