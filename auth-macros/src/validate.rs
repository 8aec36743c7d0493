//! Refuses, at the definition, what the gate would refuse at the mount, and what it could not say as well.

mod params;
mod signature;

pub(crate) use signature::returns_future;

use crate::args::{Decision, Word};
use crate::errors::Errors;
use crate::handler::{A_CLOSURE, Handler, Other};
use crate::types;
use syn::Attribute;

/// Whatever the attribute's arguments are.
pub(crate) fn handler(word: Word, handler: &Handler, errors: &mut Errors) {
    attributes(word, &handler.attrs, errors);
    signature::check(handler, errors);
    params::check(word, handler, errors);
}

/// The arguments against what the author has written down already.
pub(crate) fn decision(decision: &Decision, handler: &Handler, errors: &mut Errors) {
    if let (Decision::Public(public), Some(first)) = (decision, handler.params.first())
        && let Some(name) = &public.stated
        && types::is_public(&first.ty)
    {
        errors.at(
            name,
            "the reason is said twice, here and in the parameter's type; leave the parameter out, or write `#[public]` alone",
        );
    }
}

pub(crate) fn other(word: Word, other: &Other) -> syn::Error {
    let word = word.name();
    let remedy = match other.what {
        "an `impl` block" | "a module" => "annotate each handler in it",
        "a trait" => "write the proof into its signatures, and annotate the functions of the `impl`",
        A_CLOSURE => "write the proof as its first parameter: `async |_: Authenticated<Claims>| ..`",
        "a function without a body" => "write the proof out here, and annotate the function that does the work",
        _ => "move it to the `async fn` that answers the request",
    };
    syn::Error::new_spanned(&other.word, format!("`#[{word}]` stands on one handler, not on {}; {remedy}", other.what))
}

/// P1: one handler, one decision. A second one would be expanded after this one, and which of them holds would hang on
/// their order.
fn attributes(word: Word, attrs: &[Attribute], errors: &mut Errors) {
    // Only the first, since taking it away may mend the rest.
    let Some((attr, second)) = attrs.iter().find_map(|attr| Some((attr, Word::of(attr)?))) else {
        return;
    };
    if second == word {
        errors.at(attr.path(), format!("`#[{}]` twice on one handler; leave one out", word.name()));
    } else {
        errors.at(
            attr.path(),
            "both `#[authenticated]` and `#[public]`: either the caller is known or it may be anyone; keep one of them",
        );
    }
}
