// The gate needs the token and the state of the set-up, and finds them in the router's state.
use auth_runtime::{AuthRouter, Setup, routing::post};

#[derive(Clone)]
struct App;

fn main() {
    let _ = AuthRouter::<App>::new().route("/setup", post(|_: Setup| async {}));
}
