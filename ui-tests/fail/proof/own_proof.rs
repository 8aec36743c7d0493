// The gate's traits are sealed. `prove` has a parameter whose type has no public path, so no other
// crate can implement it.
use auth_runtime::{Public, opt_out::NoReason, posture::{Policy, VerifierPosture}};
use axum::response::Response;
use http::request::Parts;
use std::any::Any;

struct Own;

impl<S: Sync> auth_runtime::Proof<S> for Own {
    fn policy() -> Policy {
        <Public<NoReason> as auth_runtime::Proof<S>>::policy()
    }

    fn asked() -> Option<fn(&dyn Any) -> Option<VerifierPosture>> {
        None
    }

    async fn prove(_: &Parts, _: &S) -> Result<Self, Response> {
        Ok(Own)
    }

    fn decision(&self) -> auth_runtime::decision::Decision {
        auth_runtime::decision::Decision::Public
    }
}

fn main() {}
