//! Tells a test with which dependencies cargo has compiled it.

use proc_macro::TokenStream;

/// Expands to the compiler and its arguments for dependencies and edition, as `&[&str]`.
///
/// Cargo has no interface for them. A macro runs inside of the compiler, whose arguments they are.
#[proc_macro]
pub fn rustc(_: TokenStream) -> TokenStream {
    let mut arguments = std::env::args();
    let mut kept: Vec<String> = arguments.next().into_iter().collect();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--extern" | "-L" => kept.extend([argument].into_iter().chain(arguments.next())),
            edition if edition.starts_with("--edition") => kept.push(argument),
            _ => {}
        }
    }
    format!("&{kept:?}").parse().unwrap_or_default()
}
