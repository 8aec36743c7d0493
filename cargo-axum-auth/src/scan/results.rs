//! Recognises expressions that are the result of an authentication.

use super::flow::{Flow, Resolve};
use crate::names::plain;
use syn::{Block, Expr};

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

impl<R: Resolve> Flow<'_, R> {
    /// Whether an expression is the result of an authentication, or its future.
    pub(super) fn is_result(&self, expr: &Expr) -> bool {
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

    pub(super) fn is_result_of(&self, block: &Block) -> bool {
        matches!(block.stmts.last(), Some(syn::Stmt::Expr(expr, None)) if self.is_result(expr))
    }

    pub(super) fn is_wrapped(&self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else { return false };
        let Expr::Path(path) = &*call.func else { return false };
        let name = path.path.segments.last().map(|segment| plain(&segment.ident)).unwrap_or_default();
        ["timeout", "timeout_at", "pin"].contains(&name.as_str()) && call.args.iter().any(|arg| self.is_result(arg))
    }

    pub(super) fn passes(&self, call: &syn::ExprMethodCall) -> bool {
        let name = plain(&call.method);
        (PASS.contains(&name.as_str()) && self.is_result(&call.receiver)) || self.is_made_an_error(call).is_some()
    }

    /// `result.ok().ok_or(..)` is a result again, and returned.
    pub(super) fn is_made_an_error<'e>(&self, call: &'e syn::ExprMethodCall) -> Option<&'e Expr> {
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
    pub(super) fn authenticates(&self, call: &syn::ExprMethodCall) -> bool {
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

    pub(super) fn is_verifier(&self, expr: &Expr) -> bool {
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
    pub(super) fn is_call(&self, function: &Expr) -> bool {
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

    pub(super) fn may_be_a_proof(&self, ty: &syn::Type) -> bool {
        let is_parameter = matches!(ty, syn::Type::Path(of)
            if of.path.get_ident().is_some_and(|name| self.generics.contains(&plain(name))));
        is_parameter || self.resolve.tree(ty).is_ours("Authenticated")
    }
}

fn is_parts(argument: &Expr) -> bool {
    match argument {
        Expr::Reference(of) => is_parts(&of.expr),
        Expr::Path(path) => path.path.get_ident().is_some_and(|name| name.to_string().contains("parts")),
        _ => false,
    }
}
