//! Collects the errors of an attribute and its handler, so that all of them are reported at once.

use quote::ToTokens;
use std::fmt::Display;

/// The errors found so far. Dropping it without [`check`](Errors::check) panics, because an error
/// that is found and not reported would let a mistake compile.
pub(crate) struct Errors {
    /// `None` after [`Errors::check`] has returned them.
    found: Option<Vec<syn::Error>>,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self { found: Some(Vec::new()) }
    }

    /// Reports `message` on the word or the type to change.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.found.get_or_insert_default().push(error);
    }

    /// Returns all errors as one, if there are any.
    pub(crate) fn check(mut self) -> syn::Result<()> {
        let all = self.found.take().unwrap_or_default();
        all.into_iter()
            .reduce(|mut all, next| {
                all.combine(next);
                all
            })
            .map_or(Ok(()), Err)
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        assert!(self.found.is_none() || std::thread::panicking(), "the errors of a handler were not reported");
    }
}

#[cfg(test)]
mod tests {
    use super::Errors;
    use proc_macro2::Span;

    #[test]
    fn all_errors_are_reported_together() {
        let mut errors = Errors::new();
        for text in ["first", "second"] {
            errors.push(syn::Error::new(Span::call_site(), text));
        }
        let all: Vec<String> =
            errors.check().expect_err("two errors").into_iter().map(|error| error.to_string()).collect();
        assert_eq!(all, ["first", "second"]);
    }

    #[test]
    #[should_panic(expected = "were not reported")]
    fn errors_cannot_be_dropped_unread() {
        drop(Errors::new());
    }
}
