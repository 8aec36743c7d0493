//! Parses the arguments of an attribute.

mod authenticated;
mod list;
mod public;
mod reason;
mod setup;
mod signed;

pub(crate) use authenticated::Authenticated;
pub(crate) use public::Public;
pub(crate) use setup::{REASON, Setup};
pub(crate) use signed::Signed;

use crate::errors::Errors;
use crate::types::{self, Proof, optional_caller};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Lit, Path, Result, Type};

/// Which attribute is expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttributeKind {
    Authenticated,
    Public,
    Setup,
    Signed,
}

impl AttributeKind {
    /// Finds out by its name whether `attr` is one of ours, whatever the path in front of the name.
    pub(crate) fn of(attr: &Attribute) -> Option<Self> {
        let last = &attr.path().segments.last()?.ident;
        [Self::Authenticated, Self::Public, Self::Setup, Self::Signed].into_iter().find(|kind| last == kind.name())
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Authenticated => "authenticated",
            Self::Public => "public",
            Self::Setup => "setup",
            Self::Signed => "signed",
        }
    }
}

/// The arguments of the attribute. An argument that was refused is missing.
pub(crate) struct Args {
    pub(crate) decision: Decision,
    /// `crate = ..`: where `auth-runtime` is, for an attribute that another crate re-exports.
    pub(crate) runtime: Option<Path>,
}

pub(crate) enum Decision {
    Authenticated(Box<Authenticated>),
    Public(Box<Public>),
    Setup(Box<Setup>),
    Signed(Box<Signed>),
}

impl Args {
    pub(crate) fn parse(kind: AttributeKind, args: TokenStream, errors: &mut Errors) -> Self {
        match kind {
            AttributeKind::Authenticated => Authenticated::parse(args, errors),
            AttributeKind::Public => Public::parse(args, errors),
            AttributeKind::Setup => Setup::parse(args, errors),
            AttributeKind::Signed => Signed::parse(args, errors),
        }
    }

    /// The path to `auth-runtime`. `find` reads Cargo.toml, so it is called only without `crate =
    /// ..`.
    pub(crate) fn runtime_path(&self, find: impl FnOnce() -> TokenStream) -> TokenStream {
        match &self.runtime {
            Some(path) => quote!(#path),
            None => find(),
        }
    }
}

/// `crate`, and how to write it.
const CRATE: (&str, &str) = ("crate", "crate = my_crate::auth_runtime");

/// The value of `crate = ..`.
fn runtime_path(input: ParseStream<'_>) -> Result<Path> {
    if let Ok(literal) = input.fork().parse::<Lit>() {
        let message = format!("`crate` is a path, not a string; write it without quotes: `{}`", CRATE.1);
        return Err(Error::new_spanned(literal, message));
    }
    input.call(Path::parse_mod_style)
}

/// A claims type; `how` is how to write one.
fn claims_type(input: ParseStream<'_>, how: &str) -> Result<Type> {
    if let Ok(literal) = input.fork().parse::<Lit>() {
        let permission = if how.starts_with('#') { ", or `requires = ..` for a permission" } else { "" };
        return Err(Error::new_spanned(literal, format!("the claims are a type; write `{how}`{permission}")));
    }
    let ty = input.call(Type::without_plus)?;
    if Proof::find_in(&ty).is_some() {
        return Err(Error::new_spanned(ty, format!("this is the proof type; write only its claims: `{how}`")));
    }
    // P3: the proof would exist without a caller.
    if let Some(caller) = types::optional(&ty) {
        return Err(Error::new_spanned(&ty, optional_caller(&caller)));
    }
    if let Type::Reference(_) = ty {
        return Err(Error::new_spanned(ty, format!("the claims type is a reference; write the owned type: `{how}`")));
    }
    Ok(ty)
}

/// Whether the attribute is written `#[name = ..]`. rustc refuses that by itself, and passes the
/// value on as if it stood in parentheses.
fn is_key_value() -> bool {
    let written = Span::call_site().source_text().unwrap_or_default();
    written.find(['(', '=']).is_some_and(|at| written[at..].starts_with('='))
}

fn repeated(name: &Ident) -> Error {
    Error::new(name.span(), format!("`{name}` is given twice; remove one of them"))
}

#[cfg(test)]
mod tests;
