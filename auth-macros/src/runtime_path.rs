//! Finds the name of `auth-runtime` in the crate that uses an attribute.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// Returns an absolute path, so that no name in the user's scope can replace our types. Reads the
/// user's Cargo.toml.
pub(crate) fn find_runtime() -> TokenStream {
    let name = match crate_name("auth-runtime") {
        Ok(FoundCrate::Name(name)) => name,
        // The crate itself declares `extern crate self as auth_runtime`; its tests and examples
        // link it by that name. A name that is not found is most likely right too (a build system
        // other than cargo); if not, rustc reports it.
        Ok(FoundCrate::Itself) | Err(_) => "auth_runtime".to_owned(),
    };
    let name = Ident::new(&name, Span::call_site());
    quote!(::#name)
}
