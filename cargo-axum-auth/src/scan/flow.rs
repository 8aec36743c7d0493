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
use syn::{Block, Expr, Pat};

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
/// Methods that pass the result on.
const PASS: [&str; 11] = [
    "and_then",
    "as_mut",
    "as_ref",
    "boxed",
    "flatten",
    "inspect",
    "inspect_err",
    "instrument",
    "into_future",
    "map",
    "map_err",
];
/// Resolves paths and types in the scope of a function.
pub(super) trait Resolve {
    fn path(&self, path: &syn::Path) -> ResolvedPath;
    fn tree(&self, ty: &syn::Type) -> TypeTree;
}

/// Finds softened results in one function body.
pub(super) struct Flow<'r, R> {
    resolve: &'r R,
    verifiers: BTreeSet<String>,
    /// Variables that hold such a result, or the future of one.
    results: BTreeSet<String>,
    /// The parameters of a generic extractor: each of them may be a proof.
    generics: &'r [String],
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

    /// Whether an expression is the result of an authentication, or its future.
    fn is_result(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Paren(of) => self.is_result(&of.expr),
            Expr::Group(of) => self.is_result(&of.expr),
            Expr::Reference(of) => self.is_result(&of.expr),
            Expr::Await(of) => self.is_result(&of.base),
            // `timeout(limit, verifier.authenticate(&parts)).await?` has a second result in it.
            Expr::Try(of) => matches!(&*of.expr, Expr::Await(inner) if self.is_wrapped(&inner.base)),
            Expr::Path(path) => path.path.get_ident().is_some_and(|name| self.results.contains(&plain(name))),
            Expr::Block(of) => self.is_result_of(&of.block),
            Expr::Async(of) => self.is_result_of(&of.block),
            Expr::MethodCall(call) => self.authenticates(call) || self.passes(call),
            Expr::Call(call) => self.is_wrapped(expr) || self.is_call(&call.func),
            _ => false,
        }
    }

    fn is_result_of(&self, block: &Block) -> bool {
        matches!(block.stmts.last(), Some(syn::Stmt::Expr(expr, None)) if self.is_result(expr))
    }

    fn is_wrapped(&self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else { return false };
        let Expr::Path(path) = &*call.func else { return false };
        let name = path.path.segments.last().map(|segment| plain(&segment.ident)).unwrap_or_default();
        ["timeout", "timeout_at", "pin"].contains(&name.as_str()) && call.args.iter().any(|arg| self.is_result(arg))
    }

    fn passes(&self, call: &syn::ExprMethodCall) -> bool {
        let name = plain(&call.method);
        (PASS.contains(&name.as_str()) && self.is_result(&call.receiver)) || self.is_made_an_error(call).is_some()
    }

    /// `result.ok().ok_or(..)` is a result again, and returned.
    fn is_made_an_error<'e>(&self, call: &'e syn::ExprMethodCall) -> Option<&'e Expr> {
        let back = call.method == "ok_or" || call.method == "ok_or_else";
        match &*call.receiver {
            Expr::MethodCall(inner) if back && inner.method == "ok" && self.is_result(&inner.receiver) => {
                Some(&inner.receiver)
            }
            _ => None,
        }
    }

    /// `verifier.authenticate(&parts)`, `verifier.verify(token)`,
    /// `parts.extract::<Authenticated<..>>()`.
    fn authenticates(&self, call: &syn::ExprMethodCall) -> bool {
        let name = plain(&call.method);
        match name.as_str() {
            "authenticate" => {
                let of_parts = call.args.len() == 1 && call.args.first().is_some_and(is_parts);
                of_parts || (call.args.len() == 1 && self.is_verifier(&call.receiver))
            }
            "verify" => call.args.len() == 1 && self.is_verifier(&call.receiver),
            "extract" | "extract_parts" | "extract_with_state" | "extract_parts_with_state" => {
                call.turbofish.as_ref().and_then(|generics| generics.args.first()).is_some_and(|argument| {
                    matches!(argument, syn::GenericArgument::Type(ty) if self.resolve.tree(ty).is_ours("Authenticated"))
                })
            }
            _ => false,
        }
    }

    fn is_verifier(&self, expr: &Expr) -> bool {
        let named = |name: &syn::Ident| name.to_string().to_lowercase().contains("verifier");
        match expr {
            Expr::Paren(of) => self.is_verifier(&of.expr),
            Expr::Reference(of) => self.is_verifier(&of.expr),
            Expr::Field(of) => {
                matches!(&of.member, syn::Member::Named(name) if named(name)) || self.is_verifier(&of.base)
            }
            Expr::MethodCall(call) => {
                named(&call.method)
                    || (["clone", "as_ref", "get"].iter().any(|pass| call.method == pass)
                        && self.is_verifier(&call.receiver))
            }
            Expr::Path(path) => {
                path.path.get_ident().is_some_and(|name| named(name) || self.verifiers.contains(&plain(name)))
            }
            Expr::Call(call) => matches!(&*call.func, Expr::Path(path)
                if self.resolve.path(&path.path).is_in("auth_runtime::Verifier")),
            _ => false,
        }
    }

    /// `Verifier::authenticate`, `Authenticated::<C>::from_request_parts`, `<Authenticated<C> as
    /// ..>::from_request_parts`.
    fn is_call(&self, function: &Expr) -> bool {
        let Expr::Path(function) = function else { return false };
        let Some(last) = function.path.segments.last().map(|segment| plain(&segment.ident)) else { return false };
        let extracts = last == "from_request_parts" || last == "from_request";
        if let Some(of) = &function.qself {
            return extracts && self.may_be_a_proof(&of.ty);
        }
        let mut of = function.path.clone();
        of.segments.pop();
        of.segments.pop_punct();
        if of.segments.is_empty() {
            return false;
        }
        let of: syn::Type = syn::parse_quote!(#of);
        (extracts && self.may_be_a_proof(&of))
            || (["authenticate", "verify"].contains(&last.as_str()) && self.resolve.tree(&of).is_ours("Verifier"))
    }

    fn may_be_a_proof(&self, ty: &syn::Type) -> bool {
        let is_parameter = matches!(ty, syn::Type::Path(of)
            if of.path.get_ident().is_some_and(|name| self.generics.contains(&plain(name))));
        is_parameter || self.resolve.tree(ty).is_ours("Authenticated")
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

fn is_parts(argument: &Expr) -> bool {
    match argument {
        Expr::Reference(of) => is_parts(&of.expr),
        Expr::Path(path) => path.path.get_ident().is_some_and(|name| name.to_string().contains("parts")),
        _ => false,
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
