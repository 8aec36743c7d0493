// A struct that holds an optional proof is not a proof. INC-12.
use auth_runtime::{AuthRouter, routing::get};
use ui_tests::App;

use auth_runtime::{Authenticated, Claims};
use axum::extract::FromRequestParts;

struct MaybeKnown(Option<Authenticated<Claims>>);

impl<S: Send + Sync> FromRequestParts<S> for MaybeKnown {
    type Rejection = ();

    async fn from_request_parts(_: &mut axum::http::request::Parts, _: &S) -> Result<Self, ()> {
        Ok(Self(None))
    }
}

async fn list(_: MaybeKnown) {}

fn main() {
    let _ = AuthRouter::<App>::new().route("/orders", get(list));
}
