// Fixes the mistake in fail/signed/state_without_signatures.rs.
use auth_runtime::{AuthRouter, Signed, routing::post, signature};
use auth_runtime::signatures::{Scheme, Signatures};

signature!(GitHub = Scheme::github());

pub(crate) fn main() {
    let _ = AuthRouter::<Signatures<GitHub>>::new().route("/hook", post(|_: Signed<GitHub>| async {}));
}
