// The gate refuses a second reader of the body also in the middle.
use auth_runtime::{AuthRouter, Signed, routing::post, signature};
use auth_runtime::signatures::{Scheme, Signatures};
use axum::http::Method;

signature!(GitHub = Scheme::github());

fn main() {
    let _ = AuthRouter::<Signatures<GitHub>>::new().route("/hook", post(|_: Signed<GitHub>, _: String, _: Method| async {}));
}
