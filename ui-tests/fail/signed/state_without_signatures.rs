// The gate needs the secret of the sender, and finds it in the state.
use auth_runtime::{AuthRouter, Signed, routing::post, signature};
use auth_runtime::signatures::Scheme;
use ui_tests::App;

signature!(GitHub = Scheme::github());

fn main() {
    let _ = AuthRouter::<App>::new().route("/hook", post(|_: Signed<GitHub>| async {}));
}
