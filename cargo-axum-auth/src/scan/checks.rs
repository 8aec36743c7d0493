//! Finds permissions that a function checks in its own code.

use super::branches::refuses;
use super::parts::{bindings, text};
use super::tokens::flat;
use crate::names::plain;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Expr};

/// A call that checks a permission, and whose failure ends the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    /// `claims.require_admin()`, on one line.
    pub(crate) call: String,
    /// Whether only some requests reach it.
    pub(crate) in_a_branch: bool,
    /// The variables that it asks.
    asked: Vec<String>,
}

impl Check {
    /// Whether it asks one of these variables.
    pub(crate) fn is_of(&self, bindings: &[String]) -> bool {
        self.asked.iter().any(|name| bindings.contains(name))
    }
}

/// The first words of questions, and the starts of words that name a permission.
const QUESTIONS: [&str; 7] = ["can", "has", "is", "may", "must", "needs", "only"];
const PERMISSIONS: [&str; 17] = [
    "admin", "allow", "assert", "authoriz", "check", "deny", "ensure", "forbid", "guard", "owner", "permi", "priv",
    "requir", "role", "scope", "valid", "verif",
];
/// Words that name something else that is checked, or ask an `Option` or a list.
const OTHERS: [&str; 12] =
    ["code", "contains", "email", "empty", "err", "none", "ok", "otp", "password", "some", "token", "url"];
/// The first words of functions that change or load a permission.
const ACTIONS: [&str; 16] = [
    "add", "assign", "create", "delete", "fetch", "find", "get", "grant", "insert", "list", "load", "remove", "revoke",
    "save", "set", "update",
];
/// Methods after which the failure is the same.
const SAME: [&str; 6] = ["context", "map_err", "ok_or", "ok_or_else", "then_some", "with_context"];

/// Returns the checks of a function body, each once.
pub(super) fn checks(body: &Block) -> Vec<Check> {
    let mut found = Found::default();
    found.visit_block(body);
    found.checks
}

#[derive(Default)]
struct Found {
    checks: Vec<Check>,
    /// The number of branches around the current expression.
    branches: usize,
}

impl Found {
    /// Records the checks in an expression whose failure ends the function.
    fn fails_with(&mut self, expr: &Expr) {
        match expr {
            Expr::Paren(of) => self.fails_with(&of.expr),
            Expr::Reference(of) => self.fails_with(&of.expr),
            Expr::Unary(of) => self.fails_with(&of.expr),
            Expr::Await(of) => self.fails_with(&of.base),
            Expr::Let(of) => self.fails_with(&of.expr),
            Expr::Binary(of) => {
                self.fails_with(&of.left);
                self.fails_with(&of.right);
            }
            Expr::MethodCall(call) if SAME.iter().any(|same| call.method == same) => self.fails_with(&call.receiver),
            Expr::MethodCall(call) if names_a_permission(&plain(&call.method)) => {
                self.record(expr, variable(&call.receiver).into_iter().collect());
            }
            Expr::Call(call) => {
                let Expr::Path(function) = &*call.func else { return };
                if function.path.segments.last().is_some_and(|last| names_a_permission(&plain(&last.ident))) {
                    self.record(expr, call.args.iter().filter_map(variable).collect());
                }
            }
            _ => {}
        }
    }

    fn record(&mut self, expr: &Expr, asked: Vec<String>) {
        let call = text(expr).split_whitespace().collect::<Vec<_>>().join(" ").replace(" .", ".");
        let check = Check { call, in_a_branch: self.branches > 0, asked };
        if !self.checks.contains(&check) {
            self.checks.push(check);
        }
    }

    fn in_a_branch(&mut self, walk: impl FnOnce(&mut Self)) {
        self.branches += 1;
        walk(self);
        self.branches -= 1;
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_expr_try(&mut self, expr: &'ast syn::ExprTry) {
        self.fails_with(&expr.expr);
        visit::visit_expr_try(self, expr);
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        let bound = match &*expr.cond {
            Expr::Let(of) => bindings(&of.pat),
            _ => Vec::new(),
        };
        let then = flat(expr.then_branch.to_token_stream());
        let other = expr.else_branch.as_ref().map(|(_, other)| flat(other.to_token_stream())).unwrap_or_default();
        if refuses(&then, &bound) || refuses(&other, &bound) {
            self.fails_with(&expr.cond);
        }
        self.visit_expr(&expr.cond);
        self.in_a_branch(|found| {
            found.visit_block(&expr.then_branch);
            if let Some((_, other)) = &expr.else_branch {
                found.visit_expr(other);
            }
        });
    }

    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        if expr.arms.iter().any(|arm| refuses(&flat(arm.body.to_token_stream()), &bindings(&arm.pat))) {
            self.fails_with(&expr.expr);
        }
        self.visit_expr(&expr.expr);
        self.in_a_branch(|found| expr.arms.iter().for_each(|arm| found.visit_arm(arm)));
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.in_a_branch(|found| visit::visit_expr_closure(found, closure));
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {
        // A nested function is checked by itself.
    }
}

fn names_a_permission(name: &str) -> bool {
    let words: Vec<&str> = name.split('_').collect();
    let names_one = |word: &&str| PERMISSIONS.iter().any(|start| word.starts_with(start));
    !ACTIONS.contains(&words[0])
        && !words.iter().any(|word| OTHERS.contains(word))
        && (QUESTIONS.contains(&words[0]) || words.iter().any(names_one))
}

/// Returns the variable that an expression begins with: `claims` in `&claims.roles`.
fn variable(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Paren(of) => variable(&of.expr),
        Expr::Reference(of) => variable(&of.expr),
        Expr::Field(of) => variable(&of.base),
        Expr::MethodCall(call) => variable(&call.receiver),
        Expr::Path(path) => path.path.get_ident().map(plain),
        _ => None,
    }
}
