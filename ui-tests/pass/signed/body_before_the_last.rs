// Fixes the mistake in fail/signed/body_before_the_last.rs.
use auth_runtime::{AuthRouter, Signed, routing::post, signature};
use auth_runtime::signatures::{Scheme, Signatures};
use axum::http::{Method, Uri};

signature!(GitHub = Scheme::github());

pub(crate) fn main() {
    let _ = AuthRouter::<Signatures<GitHub>>::new().route("/hook", post(|_: Signed<GitHub>, _: Uri, _: Method| async {}));
}
