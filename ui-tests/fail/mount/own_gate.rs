// The trait in the compiler's messages is sealed. `call` has a parameter whose type has no public
// path, so no other crate can implement it.
use auth_runtime::{Proof, Public, opt_out::NoReason, posture::{Policy, VerifierPosture}};
use axum::{extract::Request, response::Response};
use std::any::Any;
use std::{future::Future, pin::Pin};

struct State;

type Open = fn() -> std::future::Ready<&'static str>;

impl auth_runtime::Handler<(), (), State> for Open {
    fn policy() -> Policy {
        <Public<NoReason> as Proof<State>>::policy()
    }

    fn asked() -> Option<fn(&dyn Any) -> Option<VerifierPosture>> {
        None
    }

    fn call(self, _: Request, _: State) -> Pin<Box<dyn Future<Output = Response> + Send>> {
        Box::pin(async { Response::default() })
    }
}

fn main() {}
