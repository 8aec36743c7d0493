//! Records functions and impls that have no item of their own: closures and derives.

use super::facts::{Function, Implementation, Parameter, ResolvedPath};
use super::flow::Resolve;
use super::tokens::flat;
use super::walk::Walk;
use crate::names::plain;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Expr, Pat, PatType};

impl Walk<'_> {
    /// `#[derive(FromRequestParts)]`.
    pub(super) fn derived(&mut self, item: &syn::ItemStruct) {
        let derived = item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive"));
        let derived = derived.flat_map(|attribute| flat(attribute.meta.to_token_stream()));
        if let Some(name) = derived.into_iter().find(|name| name.starts_with("FromRequest")) {
            self.scan.implementations.push(Implementation {
                place: self.place(item.ident.span()),
                test: self.test,
                of: ResolvedPath(vec![vec![name]]),
                for_type: item.ident.to_string(),
                for_path: self.meant(&[plain(&item.ident)]),
                body: flat(item.fields.to_token_stream()),
                fields: item.fields.iter().map(|field| self.tree(&field.ty)).collect(),
                functions: 0..0,
                occurrences: 0..0,
            });
        }
    }

    pub(super) fn closure(&mut self, closure: &syn::ExprClosure) {
        // `get(|_: Public<Probe>, ..| async { .. })` is a handler too.
        let typed: Option<Vec<&PatType>> = closure
            .inputs
            .iter()
            .map(|input| match input {
                Pat::Type(typed) => Some(typed),
                _ => None,
            })
            .collect();
        let parameters: Vec<Parameter> = typed.unwrap_or_default().into_iter().map(|typed| self.typed(typed)).collect();
        if parameters.first().is_some_and(|first| first.tree.is_ours("Public")) {
            let body = match &*closure.body {
                Expr::Async(body) => &body.block,
                _ => return,
            };
            let softened = self.softened(&parameters, |flow| flow.visit_block(body));
            self.scan.functions.push(Function {
                name: "a closure".to_owned(),
                paths: Vec::new(),
                place: self.place(closure.span()),
                test: self.test,
                asynchronous: true,
                method: false,
                attributes: Vec::new(),
                parameters,
                output: None,
                body: flat(body.to_token_stream()),
                softened,
                checks: Vec::new(),
            });
        }
    }
}
