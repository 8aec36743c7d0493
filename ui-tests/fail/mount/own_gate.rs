// The trait in the compiler's messages is sealed. Two methods have types without a public path, so
// no other crate can implement them.
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

    fn asked() -> Option<fn(&dyn Any) -> Option<VerifierPosture>> { // a mistake
        None
    }

    fn call(self, _: Request, _: State) -> Pin<Box<dyn Future<Output = Response> + Send>> { // a mistake
        Box::pin(async { Response::default() })
    }
}

fn main() {}
