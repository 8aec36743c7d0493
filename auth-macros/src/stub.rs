//! Writes a stub for a refused item.
//!
//! With the stub, its mount, its imports and its helpers do not cause further errors.

use crate::handler::{Handler, UnsupportedItem, without_ours};
use crate::{types, validate};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Attribute;

/// P1: the stub can be mounted as a public handler. It never runs, because a `compile_error!` is
/// always next to it.
pub(crate) fn of_handler(handler: &Handler, runtime: &TokenStream) -> TokenStream {
    let Handler { attrs, vis, name, generics, where_clause, .. } = handler;
    let refused = as_written(handler, &format_ident!("__refused_{name}"));
    // Other attributes may not accept the stub.
    let attrs = attrs.iter().filter(|attr| is_any(attr, &["cfg", "doc"]));
    quote! {
        #(#attrs)*
        #vis async fn #name #generics (_: #runtime::Public<#runtime::opt_out::NoReason>) #where_clause {}
        #refused
    }
}

/// Writes the handler under another name.
///
/// Without it, rustc would report helpers of the refused handler as unused.
///
/// `None` if the other name or the refused mistake may cause an error.
fn as_written(handler: &Handler, name: &Ident) -> Option<TokenStream> {
    const HARMLESS: [&str; 12] = [
        "allow",
        "cfg",
        "debug_handler",
        "deny",
        "doc",
        "expect",
        "forbid",
        "inline",
        "instrument",
        "must_use",
        "track_caller",
        "warn",
    ];
    let Handler { attrs, generics, list, output, where_clause, body, .. } = handler;
    let stands_alone = handler.receiver.is_none()
        && handler.variadic.is_none()
        && handler.qualifiers.unsafety.is_none()
        && without_ours(attrs).into_iter().all(|attr| is_any(attr, &HARMLESS))
        && handler.params.iter().all(|param| types::fits_a_signature(&param.ty));
    // An `.await` in a function that is refused because it is not async is not a second mistake.
    let asyncness =
        (handler.qualifiers.asyncness.is_some() || !validate::returns_future(handler)).then(|| quote!(async));
    stands_alone.then(|| quote!(#asyncness fn #name #generics #list #output #where_clause #body))
}

fn is_any(attr: &Attribute, names: &[&str]) -> bool {
    attr.path().segments.last().is_some_and(|last| names.iter().any(|name| last.ident == name))
}

pub(crate) fn of_unsupported(item: &UnsupportedItem) -> TokenStream {
    let attrs = without_ours(&item.attrs);
    let rest = &item.rest;
    quote!(#(#attrs)* #rest)
}
