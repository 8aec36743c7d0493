//! The words around the parameters.

use crate::errors::Errors;
use crate::handler::Handler;
use crate::tokens::any_ident;

pub(super) fn check(handler: &Handler, errors: &mut Errors) {
    let name = &handler.name;
    let qualifiers = &handler.qualifiers;
    if let Some(word) = &qualifiers.constness {
        errors
            .at(word, format!("a handler runs while the program does, never at compile time; write `async fn {name}`"));
    } else if let Some(words) = &qualifiers.abi {
        errors
            .at(words, format!("a handler is called by the router, not by another language; write `async fn {name}`"));
    } else if qualifiers.asyncness.is_none() && !returns_future(handler) {
        errors.at(handler.fn_token, format!("this handler is not async; write `async fn {name}`"));
    }
    if let Some(word) = &qualifiers.unsafety {
        errors.at(word, format!("the router calls a handler without any promise of its own; leave `unsafe` out, and mark the lines in `{name}` that need it"));
    }
    if let Some(receiver) = &handler.receiver {
        errors.at(
            receiver,
            "a handler has no receiver, since the router has no value to call it on; take the state as `State<..>`",
        );
    }
    if let Some(dots) = &handler.variadic {
        errors.at(dots, "a handler takes a fixed number of parameters; write them out");
    }
}

/// By the look of it: `impl Future<..>`, `BoxFuture<..>`, `Pin<Box<dyn Future<..>>>`. The gate knows for sure.
pub(crate) fn returns_future(handler: &Handler) -> bool {
    any_ident(handler.output.clone(), &|word| word.contains("Future"))
}
