//! Expands `routes!(list, orders::create)`.

use crate::runtime_path::find_runtime;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Path, Token};

/// Pairs each handler with the type beside it that `#[utoipa::path]` makes: `__path_list`.
// P1: `on` bounds the handler, as `get` does. The macro carries no security.
pub(crate) fn expand(handlers: TokenStream) -> syn::Result<TokenStream> {
    let handlers = Punctuated::<Path, Token![,]>::parse_terminated.parse2(handlers)?;
    let runtime = find_runtime();
    let added = handlers.iter().map(|handler| {
        let documented = documented(handler);
        quote!(.documented::<#documented>(|methods| #runtime::routing::on(methods, #handler)))
    });
    Ok(quote!(#runtime::openapi::Routes::new() #(#added)*))
}

fn documented(handler: &Path) -> Path {
    let mut documented = handler.clone();
    if let Some(last) = documented.segments.last_mut() {
        last.ident = format_ident!("__path_{}", last.ident, span = last.ident.span());
        last.arguments = syn::PathArguments::None;
    }
    documented
}
