//! Finds places that soften the result of an authentication.
//!
//! The code turns it into an `Option` or a `bool`, or ignores it.

use super::branches::{asks_for_failure, asks_for_success, refuses};
use super::types::TypeTree;
use super::{Parameter, ResolvedPath};
use crate::names::{plain, written};
use proc_macro2::Span;
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Pat};

/// Methods of `Result` after which a failure is no longer an error.
const SOFT: [&str; 14] = [
    "err",
    "into_iter",
    "is_err",
    "is_ok",
    "is_ok_and",
    "iter",
    "map_or",
    "map_or_else",
    "ok",
    "or",
    "or_else",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
];
/// Resolves paths and types in the scope of a function.
pub(super) trait Resolve {
    fn path(&self, path: &syn::Path) -> ResolvedPath;
    fn tree(&self, ty: &syn::Type) -> TypeTree;
}

/// Finds softened results in one function body.
pub(super) struct Flow<'r, R> {
    pub(super) resolve: &'r R,
    pub(super) verifiers: BTreeSet<String>,
    /// Variables that hold such a result, or the future of one.
    pub(super) results: BTreeSet<String>,
    /// The parameters of a generic extractor: each of them may be a proof.
    pub(super) generics: &'r [String],
    pub(super) found: Vec<(Span, String)>,
}

impl<'r, R: Resolve> Flow<'r, R> {
    pub(super) fn new(resolve: &'r R, parameters: &[Parameter], generics: &'r [String]) -> Self {
        let holds = |parameter: &&Parameter| parameter.tree.holds(&|ty| ty.is_ours("Verifier"));
        let verifiers = parameters.iter().filter(holds).flat_map(|parameter| parameter.bindings.clone()).collect();
        Self { resolve, verifiers, results: BTreeSet::new(), generics, found: Vec::new() }
    }

    fn soft(&mut self, at: &impl Spanned, how: impl Into<String>) {
        self.found.push((at.span(), how.into()));
    }

    /// Returns the matched expression: `result`, or `result.ok()`, which loses the reason only.
    fn is_taken_apart(&self, expr: &Expr) -> bool {
        self.without_ok(expr).is_some() || self.is_result(expr)
    }

    fn without_ok<'e>(&self, expr: &'e Expr) -> Option<&'e Expr> {
        match expr {
            Expr::MethodCall(call) if call.method == "ok" && self.is_result(&call.receiver) => Some(&call.receiver),
            _ => None,
        }
    }

    /// Visits the matched expression.
    fn visit_taken_apart(&mut self, expr: &Expr) {
        let expr = self.without_ok(expr).unwrap_or(expr);
        Visit::visit_expr(self, expr);
    }

    /// Records a branch for a failure that does not reject the request.
    fn branch(&mut self, pattern: Option<&Pat>, branch: &impl ToTokens, at: &impl Spanned, how: &str) {
        let bound = pattern.map(super::parts::bindings).unwrap_or_default();
        if !refuses(&super::tokens::flat(branch.to_token_stream()), &bound) {
            self.soft(at, how);
        }
    }

    /// Finds `let Ok(auth) = result` in a condition, and returns whether it matches the failure.
    fn condition<'e>(&self, condition: &'e Expr) -> Option<(&'e Pat, bool)> {
        match condition {
            Expr::Let(of) if self.is_taken_apart(&of.expr) => Some((&of.pat, asks_for_failure(&of.pat))),
            Expr::Binary(of) => self.condition(&of.left).or_else(|| self.condition(&of.right)),
            Expr::Paren(of) => self.condition(&of.expr),
            _ => None,
        }
    }
}

/// Whether the closure for a failure rejects the request.
///
/// `map_or_else(|rejection| rejection.into_response(), ..)`
fn answers_with_the_failure(call: &syn::ExprMethodCall) -> bool {
    let takes_a_closure = ["map_or_else", "or_else", "unwrap_or_else"].iter().any(|name| call.method == name);
    match call.args.first() {
        Some(Expr::Closure(closure)) if takes_a_closure => {
            let bound: Vec<String> = closure.inputs.iter().flat_map(super::parts::bindings).collect();
            refuses(&super::tokens::flat(closure.body.to_token_stream()), &bound)
        }
        _ => false,
    }
}

impl<'ast, R: Resolve> Visit<'ast> for Flow<'_, R> {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        let Some(init) = &local.init else { return };
        if let Some((_, other)) = &init.diverge
            && self.without_ok(&init.expr).is_some()
        {
            self.visit_taken_apart(&init.expr);
            self.visit_expr(other);
            return self.branch(None, other, &local.pat, "`let .. else` goes on");
        }
        visit::visit_local(self, local);
        let pattern = match &local.pat {
            Pat::Type(typed) => &*typed.pat,
            pattern => pattern,
        };
        let is_result = self.is_result(&init.expr);
        match (&init.diverge, pattern) {
            (Some((_, other)), _) if is_result => self.branch(None, other, &local.pat, "`let .. else` goes on"),
            (None, Pat::Wild(_)) if is_result => self.soft(&local.pat, "`let _` drops the result"),
            (_, Pat::Ident(name)) if is_result => drop(self.results.insert(plain(&name.ident))),
            (_, Pat::Ident(name)) => {
                self.results.remove(&plain(&name.ident));
                if self.is_verifier(&init.expr) {
                    self.verifiers.insert(plain(&name.ident));
                }
            }
            _ => {}
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if let Some(result) = self.is_made_an_error(call) {
            self.visit_expr(result);
            return call.args.iter().for_each(|argument| self.visit_expr(argument));
        }
        let name = plain(&call.method);
        if SOFT.contains(&name.as_str()) && self.is_result(&call.receiver) && !answers_with_the_failure(call) {
            self.soft(&call.method, format!("`.{name}(..)` on the result"));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        if self.is_taken_apart(&expr.expr) {
            for arm in expr.arms.iter().filter(|arm| !asks_for_success(&arm.pat)) {
                self.branch(Some(&arm.pat), &arm.body, &arm.pat, "a `match` arm goes on after a failure");
            }
        }
        self.visit_taken_apart(&expr.expr);
        expr.arms.iter().for_each(|arm| self.visit_arm(arm));
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        match (self.condition(&expr.cond), &expr.else_branch) {
            (Some((pattern, true)), _) => {
                let pattern = pattern.clone();
                self.branch(Some(&pattern), &expr.then_branch, &expr.cond, "`if let Err(..)` goes on");
            }
            (Some((_, false)), Some((_, other))) => {
                self.branch(None, other, &expr.cond, "the `else` of `if let` goes on");
            }
            (Some((_, false)), None) => self.soft(&expr.cond, "`if let` without an `else` goes on"),
            (None, _) => {}
        }
        visit::visit_expr_if(self, expr);
    }

    fn visit_expr_while(&mut self, expr: &'ast syn::ExprWhile) {
        if self.condition(&expr.cond).is_some() {
            self.soft(&expr.cond, "`while let` goes on");
        }
        visit::visit_expr_while(self, expr);
    }

    fn visit_expr_let(&mut self, expr: &'ast syn::ExprLet) {
        self.visit_taken_apart(&expr.expr);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        // The first expression of `matches!(result, Ok(_))`.
        let first = |input: syn::parse::ParseStream<'_>| {
            let first: Expr = input.parse()?;
            input.parse::<proc_macro2::TokenStream>()?;
            Ok(first)
        };
        if written(&call.path).last().is_some_and(|name| name == "matches")
            && call.parse_body_with(first).is_ok_and(|expr| self.is_result(&expr))
        {
            self.soft(&call.path, "`matches!` makes it a `bool`");
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {
        // A nested function is checked by itself.
    }
}
