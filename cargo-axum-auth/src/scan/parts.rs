//! Helpers for parts of the syntax.

use crate::names::{plain, written};
use proc_macro2::Span;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Meta, Pat, Signature, Token};

/// Returns the source of a node, as tokens.
pub(super) fn text(node: &impl Spanned) -> String {
    node.span().source_text().unwrap_or_default()
}

/// Returns the lints whose level an attribute lowers.
pub(super) fn relaxed(meta: &Meta) -> Vec<String> {
    let Meta::List(list) = meta else { return Vec::new() };
    let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else { return Vec::new() };
    if list.path.is_ident("cfg_attr") {
        return parts.iter().skip(1).flat_map(relaxed).collect();
    }
    if !["allow", "expect", "warn"].iter().any(|level| list.path.is_ident(level)) {
        return Vec::new();
    }
    parts.iter().map(|lint| written(lint.path()).join("::")).collect()
}

/// Returns an attribute, or those in a `cfg_attr`, with its condition.
pub(super) fn expanded(meta: &Meta) -> Vec<(Meta, Option<String>)> {
    let Meta::List(list) = meta else { return vec![(meta.clone(), None)] };
    if !list.path.is_ident("cfg_attr") {
        return vec![(meta.clone(), None)];
    }
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).unwrap_or_default();
    let condition = parts.first().map(|condition| condition.to_token_stream().to_string());
    let inner = parts.iter().skip(1).flat_map(expanded);
    inner.map(|(meta, nested)| (meta, nested.or_else(|| condition.clone()))).collect()
}

/// The `unsafe` of `unsafe fn`.
pub(super) fn unsafe_keyword(signature: &Signature) -> Option<Span> {
    let tokens = signature.safety.to_token_stream();
    tokens.into_iter().find(|token| token.to_string() == "unsafe").map(|token| token.span())
}

/// The names that a pattern binds.
pub(super) fn bindings(pattern: &Pat) -> Vec<String> {
    struct Bound(Vec<String>);
    impl<'ast> Visit<'ast> for Bound {
        fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
            self.0.push(pattern.ident.to_string());
            visit::visit_pat_ident(self, pattern);
        }
    }
    let mut bound = Bound(Vec::new());
    bound.visit_pat(pattern);
    bound.0
}

/// Whether an expression has statements: in a block, a closure or a macro.
pub(super) fn has_block(expr: &syn::Expr) -> bool {
    struct Found(bool);
    impl<'ast> Visit<'ast> for Found {
        fn visit_block(&mut self, _: &'ast syn::Block) {
            self.0 = true;
        }
        fn visit_macro(&mut self, _: &'ast syn::Macro) {
            self.0 = true;
        }
    }
    let mut found = Found(false);
    found.visit_expr(expr);
    found.0
}

/// The name that a pattern binds, if it is one name only.
pub(super) fn name_of(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(name) => Some(plain(&name.ident)),
        Pat::Type(typed) => name_of(&typed.pat),
        _ => None,
    }
}
