//! Checks the signature around the parameters.

use crate::errors::Errors;
use crate::handler::Handler;
use crate::tokens::any_ident;

pub(super) fn check(handler: &Handler, errors: &mut Errors) {
    let name = &handler.name;
    let qualifiers = &handler.qualifiers;
    if let Some(keyword) = &qualifiers.constness {
        errors.at(
            keyword,
            format!("a handler cannot be `const`, because it runs for a request; write `async fn {name}`"),
        );
    }
    if let Some(keywords) = &qualifiers.abi {
        errors.at(
            keywords,
            format!("a handler cannot be `extern`, because the router calls it; write `async fn {name}`"),
        );
    }
    // The remedies above say `async fn` already.
    let is_said = qualifiers.constness.is_some() || qualifiers.abi.is_some();
    if !is_said && qualifiers.asyncness.is_none() && !returns_future(handler) {
        errors.at(handler.fn_token, format!("this handler is not async; write `async fn {name}`"));
    }
    if let Some(keyword) = &qualifiers.unsafety {
        errors.at(keyword, format!("a handler cannot be `unsafe`, because the router keeps no safety contract; remove the keyword, and write `unsafe` blocks in `{name}`"));
    }
    if let Some(receiver) = &handler.receiver {
        errors.at(
            receiver,
            "a handler has no receiver, because the router has no value to call it on; take the state as `State<..>`",
        );
    }
    if let Some(dots) = &handler.variadic {
        errors.at(dots, "a handler takes a fixed number of parameters; write each of them");
    }
}

/// Judged by its syntax: `impl Future<..>`, `BoxFuture<..>`, `Pin<Box<dyn Future<..>>>`. The gate
/// decides by the type.
pub(crate) fn returns_future(handler: &Handler) -> bool {
    any_ident(handler.output.clone(), &|name| name.contains("Future"))
}
