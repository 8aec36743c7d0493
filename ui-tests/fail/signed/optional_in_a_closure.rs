// P3: the gate refuses an optional signature also without the attribute.
use auth_runtime::{AuthRouter, Signed, routing::post, signature};
use auth_runtime::signatures::{Scheme, Signatures};

signature!(GitHub = Scheme::github());

fn main() {
    let _ = AuthRouter::<Signatures<GitHub>>::new().route("/hook", post(|_: Option<Signed<GitHub>>| async {}));
}
