// The gate refuses a second reader of the body also without the attribute.
use auth_runtime::{AuthRouter, Signed, routing::post, signature};
use auth_runtime::signatures::{Scheme, Signatures};
use axum::Json;

signature!(GitHub = Scheme::github());

fn main() {
    let _ = AuthRouter::<Signatures<GitHub>>::new().route("/hook", post(|_: Signed<GitHub>, Json(_): Json<Vec<String>>| async {}));
}
