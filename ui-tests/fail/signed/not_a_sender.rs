// Only `signature!` makes a sender, which has a scheme that was checked.
use auth_runtime::{AuthRouter, Signed, routing::post};
use auth_runtime::signatures::Signatures;



fn main() {
    let _ = AuthRouter::<Signatures<String>>::new().route("/hook", post(|_: Signed<String>| async {}));
}
