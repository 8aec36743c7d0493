//! Finds the name of `auth-runtime` in the crate that uses an attribute.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::path::Path;
use std::sync::OnceLock;

/// The name of the crate, unless the user's manifest gives it another one.
const AUTH_RUNTIME: &str = "auth_runtime";

/// Returns an absolute path, so that no name in the user's scope can replace our types.
///
/// The arguments of rustc have the name, also when a manifest has renamed the dependency. Reading
/// that manifest took six crates more, and a process of cargo for each crate with a handler.
pub(crate) fn find_runtime() -> TokenStream {
    static NAME: OnceLock<String> = OnceLock::new();
    // A name that is not found is most likely right too: in `auth-runtime` itself, which declares
    // `extern crate self as auth_runtime`, and in an editor, whose process has other arguments. If
    // not, rustc reports it.
    let name = NAME.get_or_init(|| extern_name(arguments()).unwrap_or_else(|| AUTH_RUNTIME.to_owned()));
    let name = Ident::new(name, Span::call_site());
    quote!(::#name)
}

/// The arguments of rustc, also those in a file: `@path`, with one in each line. Cargo writes it
/// for a long command line, and rustdoc for the examples of a crate.
fn arguments() -> impl Iterator<Item = String> {
    std::env::args_os().filter_map(|argument| argument.into_string().ok()).flat_map(|argument| {
        match argument.strip_prefix('@').and_then(|path| std::fs::read_to_string(path).ok()) {
            Some(lines) => lines.lines().map(str::to_owned).collect(),
            None => vec![argument],
        }
    })
}

/// Returns the `gate` of `--extern gate=target/debug/deps/libauth_runtime-3c5ad2.rmeta`.
fn extern_name(arguments: impl Iterator<Item = String>) -> Option<String> {
    let mut found = None;
    let mut is_value = false;
    for argument in arguments {
        let value = if is_value { Some(argument.as_str()) } else { argument.strip_prefix("--extern=") };
        if let Some((name, path)) = value.and_then(|value| value.split_once('='))
            && is_runtime(Path::new(path))
        {
            // In front of it there may be options: `noprelude:gate`.
            let name = name.rsplit(':').next().unwrap_or(name);
            // Beside another version under another name, the usual name is ours.
            if found.is_none() || name == AUTH_RUNTIME {
                found = Some(name.to_owned());
            }
        }
        is_value = !is_value && argument == "--extern";
    }
    found
}

/// Judges by the name of the file, which begins with the crate's own name.
fn is_runtime(path: &Path) -> bool {
    let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
    let after = file.strip_prefix("lib").and_then(|name| name.strip_prefix(AUTH_RUNTIME));
    after.is_some_and(|after| after.starts_with(['-', '.']))
}

#[cfg(test)]
mod tests {
    use super::extern_name;

    fn found(arguments: &str) -> Option<String> {
        extern_name(arguments.split(' ').map(str::to_owned))
    }

    #[test]
    fn a_renamed_dependency_is_found() {
        let gate = Some("gate".to_owned());
        assert_eq!(found("rustc --crate-name a --extern gate=/t/deps/libauth_runtime-3c5ad2.rmeta"), gate);
        assert_eq!(found("rustc --extern=noprelude:gate=libauth_runtime.rlib --extern axum=libaxum-1.rmeta"), gate);
    }

    #[test]
    fn another_crate_is_not_found() {
        for arguments in [
            "rustc --crate-name auth_runtime",
            "rustc --extern proc_macro",
            "rustc --extern auth_runtime=/t/deps/libauth_runtime_of_another-3c5ad2.rmeta",
            "rustc gate=/t/deps/libauth_runtime-3c5ad2.rmeta",
        ] {
            assert_eq!(found(arguments), None, "{arguments}");
        }
    }

    #[test]
    fn the_usual_name_wins_over_an_older_version() {
        for arguments in [
            "--extern auth_old=libauth_runtime-1.rmeta --extern auth_runtime=libauth_runtime-2.rmeta",
            "--extern auth_runtime=libauth_runtime-2.rmeta --extern auth_old=libauth_runtime-1.rmeta",
        ] {
            assert_eq!(found(arguments).as_deref(), Some("auth_runtime"));
        }
    }
}
