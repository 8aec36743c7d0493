//! Under which name the crate that uses an attribute knows `auth-runtime`.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// An absolute path, so that nothing in the user's scope can stand in for our types.
pub(crate) fn runtime_path() -> TokenStream {
    let name = match crate_name("auth-runtime") {
        Ok(FoundCrate::Name(name)) => name,
        // The crate itself says `extern crate self as auth_runtime`, which its own tests and examples need not. A name
        // that is not found is most likely right as well (another build system than cargo); if not, rustc says so.
        Ok(FoundCrate::Itself) | Err(_) => "auth_runtime".to_owned(),
    };
    let name = Ident::new(&name, Span::call_site());
    quote!(::#name)
}
