//! What stands in the parentheses of an attribute.

mod authenticated;
mod public;
mod reason;

pub(crate) use authenticated::Authenticated;
pub(crate) use public::Public;

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error, Result, Token};

/// The attribute's own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Authenticated,
    Public,
}

impl Word {
    /// Which of ours an attribute is, by its name, however it is qualified.
    pub(crate) fn of(attr: &Attribute) -> Option<Self> {
        let last = &attr.path().segments.last()?.ident;
        [Self::Authenticated, Self::Public].into_iter().find(|word| last == word.name())
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Authenticated => "authenticated",
            Self::Public => "public",
        }
    }
}

/// What the author has decided.
pub(crate) enum Decision {
    Authenticated(Box<Authenticated>),
    Public(Public),
}

impl Decision {
    pub(crate) fn read(word: Word, args: TokenStream) -> Result<Self> {
        match word {
            Word::Authenticated => {
                Authenticated::parse.parse2(args).map(|stated| Self::Authenticated(Box::new(stated)))
            }
            Word::Public => Public::parse.parse2(args).map(Self::Public),
        }
    }
}

/// `name =` at the start of `input`, or a lone `name` that is one of ours and lacks its `=`: then `remedy` says what to
/// write.
fn named(input: ParseStream<'_>, ours: &[(&str, &str)]) -> Result<Option<Ident>> {
    if !input.peek(Ident::peek_any) {
        return Ok(None);
    }
    let assigns = input.peek2(Token![=]) && !input.peek2(Token![==]);
    let name = input.fork().call(Ident::parse_any)?;
    let mine = ours.iter().find(|(mine, _)| name == mine);
    if assigns {
        input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        return match mine {
            Some((_, remedy)) if input.is_empty() || input.peek(Token![,]) => {
                Err(Error::new(name.span(), format!("`{name}` has no value; write `{remedy}`")))
            }
            _ => Ok(Some(name)),
        };
    }
    match mine {
        Some((_, remedy)) if !input.peek2(Token![::]) && !input.peek2(Token![<]) => {
            Err(Error::new(name.span(), format!("`{name}` has no value; write `{remedy}`")))
        }
        _ => Ok(None),
    }
}

/// A comma, or the end.
fn comma(input: ParseStream<'_>, otherwise: &str) -> Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    match input.parse::<Option<Token![,]>>()? {
        Some(_) => Ok(()),
        None => Err(input.error(otherwise)),
    }
}

/// Whether the attribute is written `#[word = ..]`. rustc refuses that, and hands over the value as if it stood in
/// parentheses; so it has been said, and what is meant can be told.
fn is_key_value() -> bool {
    let written = Span::call_site().source_text().unwrap_or_default();
    written.find(['(', '=']).is_some_and(|at| written[at..].starts_with('='))
}

fn repeated(name: &Ident) -> Error {
    Error::new(name.span(), format!("`{name}` is stated twice; leave one out"))
}

#[cfg(test)]
mod tests;
