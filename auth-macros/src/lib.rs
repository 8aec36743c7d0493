//! The attributes of `auth-runtime`: [`macro@authenticated`], [`macro@public`], [`macro@setup`] and
//! [`macro@signed`]. Use them from there.
//!
//! They insert the proof as the first parameter, and report mistakes at the definition, on the word
//! to change. They carry no security: without them, a handler without a decision still does
//! not compile where it is mounted on an `auth_runtime::AuthRouter`.
//!
//! The modules in the order of their work: `args` and `handler` parse, `validate` refuses, `expand`
//! writes the output, and `stub` replaces an item that was refused. The body of a handler is never
//! parsed.

mod args;
mod errors;
mod expand;
mod handler;
mod openapi_routes;
mod runtime_path;
mod stub;
mod tokens;
mod types;
mod validate;

use args::AttributeKind;
use proc_macro::TokenStream;
use quote::{format_ident, quote};

// The docs of the attributes begin at their re-export in `auth-runtime`, where the examples are
// doctests.

/// # Compile errors
///
/// Refused are a proof that is optional, not first, borrowed or inside of another type; a function
/// that is not async; a receiver; a parameter that no request can give, such as `&str`; a declared
/// rule that the handler does not name; a `Despite` or a `WithRule` that the attribute does not
/// state; and another decision on the same handler.
///
/// Write `#[axum::debug_handler]` *below* this attribute. Above it, it sees a handler without the
/// first parameter.
#[proc_macro_attribute]
pub fn authenticated(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(AttributeKind::Authenticated, args.into(), &item.into()).into()
}

/// # Compile errors
///
/// Refused are a handler that takes the proof `Authenticated<C, P>`; a blank reason, or one of more
/// than 200 bytes; a date that is not in the calendar; a date without a reason; and everything that
/// [`#[authenticated]`](macro@authenticated) refuses for any handler.
#[proc_macro_attribute]
pub fn public(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(AttributeKind::Public, args.into(), &item.into()).into()
}

/// # Compile errors
///
/// Refused are an attribute without a sender; a proof `Signed<S>` that is optional, not first,
/// repeated or inside of another type; another decision; an extractor that reads the body, because
/// `Signed<S>` owns it; and everything that [`#[authenticated]`](macro@authenticated) refuses for
/// any handler.
#[proc_macro_attribute]
pub fn signed(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(AttributeKind::Signed, args.into(), &item.into()).into()
}

/// # Compile errors
///
/// Refused are a handler that does not take the proof `Setup`, because it could not close the
/// set-up; an attribute without a reason; a blank reason, or one of more than 200 bytes; a proof
/// that is optional, not first, repeated or inside of another type; another decision; and
/// everything that [`#[authenticated]`](macro@authenticated) refuses for any handler.
#[proc_macro_attribute]
pub fn setup(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(AttributeKind::Setup, args.into(), &item.into()).into()
}

/// Collects documented handlers. `auth_runtime::openapi` documents it.
#[proc_macro]
pub fn routes(handlers: TokenStream) -> TokenStream {
    openapi_routes::expand(handlers.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Calls a macro of `auth-runtime` for each number of parameters that a handler may have.
///
/// `for_each_arity!(guarded)` is `guarded!([T1 T2] [L M] M);` and so on: the parameters between the
/// proof and the last one, the last one with its marker, and the marker's type.
#[doc(hidden)]
#[proc_macro]
pub fn for_each_arity(callback: TokenStream) -> TokenStream {
    let callback = proc_macro2::TokenStream::from(callback);
    let arities = (0..validate::MAX_PARAMETERS - 1).map(|between| {
        let params = (1..=between).map(|number| format_ident!("T{number}"));
        quote!(#callback!([#(#params)*] [L M] M);)
    });
    // With the proof alone there is no extractor that could read the body, so the marker is fixed;
    // otherwise it could not be inferred.
    quote!(#callback!([] [] ()); #(#arities)*).into()
}
