//! Records subjects whose failure to parse is replaced by a value.

use super::tokens::flat;
use super::walk::Walk;
use crate::names::plain;
use quote::ToTokens;
use syn::{Expr, ExprIf, ExprMatch, ExprMethodCall, Pat};

/// Methods that replace a failure by a value.
const DEFAULTS: [&str; 7] =
    ["map_or", "map_or_default", "map_or_else", "or", "unwrap_or", "unwrap_or_default", "unwrap_or_else"];
/// Functions that read a value from text.
const PARSES: [&str; 4] = ["from_str", "parse", "parse_str", "try_parse"];
/// Names of a subject.
const SUBJECTS: [&str; 2] = ["sub", "subject"];
/// The method of a proof that reads its subject.
const READS: &str = "subject_as";
/// Words of a branch that has no value to continue with.
const ENDS: [&str; 7] = ["Err", "bail", "break", "continue", "panic", "return", "unreachable"];

impl Walk<'_> {
    /// Records what replaces a subject that cannot be read.
    pub(super) fn defaulted(&mut self, expr: &Expr) {
        match expr {
            Expr::MethodCall(call) => self.defaulted_subject(call),
            Expr::Match(of) => self.defaulted_arm(of),
            Expr::If(of) => self.defaulted_else(of),
            _ => {}
        }
    }

    /// `auth.sub.parse().unwrap_or_default()`.
    fn defaulted_subject(&mut self, call: &ExprMethodCall) {
        let method = plain(&call.method);
        if DEFAULTS.contains(&method.as_str()) && is_subject(&call.receiver) && has_value(&call.args) {
            let habit = self.habit(&call.method, format!("`.{method}(..)` of a parsed subject"));
            self.scan.habits.subjects.push(habit);
        }
    }

    /// `match auth.sub.parse() { Ok(id) => id, Err(_) => 0 }`.
    fn defaulted_arm(&mut self, of: &ExprMatch) {
        if !is_subject(&of.expr) {
            return;
        }
        for arm in of.arms.iter().filter(|arm| is_failure(&arm.pat) && has_value(&arm.body)) {
            let habit = self.habit(&arm.pat, format!("`{}` of a parsed subject", arm.pat.to_token_stream()));
            self.scan.habits.subjects.push(habit);
        }
    }

    /// `if let Ok(id) = auth.sub.parse() { id } else { 0 }`.
    fn defaulted_else(&mut self, of: &ExprIf) {
        let (Expr::Let(condition), Some((keyword, other))) = (&*of.cond, &of.else_branch) else { return };
        if is_subject(&condition.expr) && !is_failure(&condition.pat) && has_value(other) {
            let habit = self.habit(keyword, "`else` of a parsed subject".to_owned());
            self.scan.habits.subjects.push(habit);
        }
    }
}

/// Whether the expression reads the subject of a caller as another type.
fn is_subject(value: &Expr) -> bool {
    let tokens = flat(value.to_token_stream());
    let Some(parsed) = tokens.iter().rposition(|token| token == READS || PARSES.contains(&token.as_str())) else {
        return false;
    };
    let is_of_subject = tokens[parsed] == READS || tokens.iter().any(|token| SUBJECTS.contains(&token.as_str()));
    // With a later `?` the failure has left the function already.
    is_of_subject && !tokens[parsed..].iter().any(|token| token == "?")
}

/// `Err(_)`, `None` and `_`.
fn is_failure(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        Pat::Ident(of) => of.ident == "None",
        Pat::Path(of) => of.path.segments.last().is_some_and(|last| last.ident == "None"),
        Pat::TupleStruct(of) => of.path.segments.last().is_some_and(|last| last.ident == "Err"),
        Pat::Or(of) => of.cases.iter().any(is_failure),
        Pat::Paren(of) => is_failure(&of.pat),
        _ => false,
    }
}

/// Whether the code continues with a value.
fn has_value(code: &impl ToTokens) -> bool {
    let tokens = flat(code.to_token_stream());
    !tokens.iter().any(|token| ENDS.contains(&token.as_str()) || token == "?")
}
