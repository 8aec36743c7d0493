// The gate's traits are sealed. Two methods have types without a public path, so no other crate can
// implement them.
use auth_runtime::{Public, opt_out::NoReason, posture::{Policy, VerifierPosture}};
use axum::response::Response;
use http::request::Parts;
use std::any::Any;

struct Own;

impl<S: Sync> auth_runtime::Proof<S> for Own {
    type Body = <Public<NoReason> as auth_runtime::Proof<S>>::Body;

    fn policy() -> Policy {
        <Public<NoReason> as auth_runtime::Proof<S>>::policy()
    }

    fn asked() -> Option<fn(&dyn Any) -> Option<VerifierPosture>> { // a mistake
        None
    }

    async fn prove(_: &Parts, _: &S) -> Result<Self, Response> { // a mistake
        Ok(Own)
    }

    fn decision(&self) -> auth_runtime::decision::Decision {
        auth_runtime::decision::Decision::Public
    }
}

fn main() {}
