// Fixes the mistake in fail/signed/body_in_a_closure.rs.
use auth_runtime::{AuthRouter, Signed, routing::post, signature};
use auth_runtime::signatures::{Scheme, Signatures};

signature!(GitHub = Scheme::github());

pub(crate) fn main() {
    let _ = AuthRouter::<Signatures<GitHub>>::new().route("/hook", post(|event: Signed<GitHub>| async move { drop(event) }));
}
