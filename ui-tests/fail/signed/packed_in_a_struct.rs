// The router cannot find a proof that is inside of a type of the service.
use auth_runtime::{AuthRouter, Signed, routing::post, signature};
use auth_runtime::signatures::{Scheme, Signatures};

signature!(GitHub = Scheme::github());

struct Hook {
    event: Signed<GitHub>,
}

fn main() {
    let _ = AuthRouter::<Signatures<GitHub>>::new().route("/hook", post(|_: Hook| async {}));
}
