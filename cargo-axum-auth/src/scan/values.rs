//! Infers the type of an expression from the code around it.

use super::facts::ResolvedPath;
use super::flow::Resolve;
use super::types::{TypeKind, TypeTree};
use super::walk::Walk;
use crate::names::{plain, written};
use syn::{Expr, Pat, PathArguments};

/// The type of a value, as far as the file shows it.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Type(TypeTree),
    /// The result of this function.
    Made(ResolvedPath),
    /// The result of a method of this name.
    Method(String),
    /// A value in an `Arc`, an `Option` or similar.
    Within(ResolvedPath, Box<Value>),
    Unknown,
}

/// Methods after which a value has the same type, or lacks an `Option` or a `Result` around it.
const SAME: [&str; 19] = [
    "as_mut",
    "as_ref",
    "await",
    "clone",
    "cloned",
    "copied",
    "expect",
    "map_err",
    "ok",
    "ok_or",
    "ok_or_else",
    "take",
    "to_owned",
    "unwrap",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "context",
    "with_context",
];
const UNWRAPS: [&str; 5] = ["expect", "unwrap", "unwrap_or", "unwrap_or_default", "unwrap_or_else"];

impl TypeTree {
    /// Removes references.
    pub(crate) fn referent(&self) -> &Self {
        match (&self.kind, self.inner.first()) {
            (TypeKind::Reference, Some(inner)) => inner.referent(),
            _ => self,
        }
    }

    /// Removes references, and one `Option` or `Result`.
    pub(crate) fn success(&self) -> &Self {
        match &self.kind {
            TypeKind::Reference => self.inner.first().map_or(self, Self::success),
            TypeKind::Named(path) if path.ends_in("Option") || path.ends_in("Result") => {
                self.inner.first().unwrap_or(self)
            }
            _ => self,
        }
    }

    fn named(path: ResolvedPath, inner: Vec<Self>) -> Self {
        Self { kind: TypeKind::Named(path), inner }
    }
}

impl Value {
    fn success(self) -> Self {
        match self {
            Self::Type(tree) => Self::Type(tree.success().clone()),
            Self::Within(wrapper, value) if wrapper.ends_in("Option") || wrapper.ends_in("Result") => *value,
            other => other,
        }
    }

    fn within(self, wrapper: ResolvedPath) -> Self {
        match self {
            Self::Type(tree) => Self::Type(TypeTree::named(wrapper, vec![tree])),
            Self::Unknown => Self::Unknown,
            other => Self::Within(wrapper, Box::new(other)),
        }
    }
}

impl Walk<'_> {
    pub(super) fn value(&self, expr: &Expr) -> Value {
        match expr {
            Expr::Paren(of) => self.value(&of.expr),
            Expr::Group(of) => self.value(&of.expr),
            Expr::Reference(of) => self.value(&of.expr),
            Expr::Await(of) => self.value(&of.base),
            Expr::Try(of) => self.value(&of.expr).success(),
            Expr::Struct(of) => Value::Type(self.plain_type(&of.path)),
            Expr::Path(of) => self.named(&of.path),
            Expr::Call(call) => self.called(call),
            Expr::MethodCall(call) => {
                let name = plain(&call.method);
                let value = || self.value(&call.receiver);
                match name.as_str() {
                    _ if UNWRAPS.contains(&name.as_str()) => value().success(),
                    _ if SAME.contains(&name.as_str()) => value(),
                    _ => Value::Method(name),
                }
            }
            // `jsonwebtoken::TokenData` has the claims in this field.
            Expr::Field(of) => match (self.value(&of.base).success(), &of.member) {
                (Value::Type(tree), syn::Member::Named(name)) if name == "claims" && is_token_data(&tree) => {
                    tree.inner.into_iter().next().map_or(Value::Unknown, Value::Type)
                }
                _ => Value::Unknown,
            },
            Expr::Block(of) => self.last(&of.block),
            Expr::If(of) => self.last(&of.then_branch),
            Expr::Match(of) => {
                let values = of.arms.iter().map(|arm| self.value(&arm.body));
                values.into_iter().find(|value| !matches!(value, Value::Unknown)).unwrap_or(Value::Unknown)
            }
            _ => Value::Unknown,
        }
    }

    fn last(&self, block: &syn::Block) -> Value {
        match block.stmts.last() {
            Some(syn::Stmt::Expr(expr, None)) => self.value(expr),
            _ => Value::Unknown,
        }
    }

    /// A variable, or the only value of a unit struct.
    fn named(&self, path: &syn::Path) -> Value {
        if let Some(value) = path.get_ident().and_then(|name| self.values.get(&plain(name))) {
            return value.clone();
        }
        let is_type = path.segments.last().is_some_and(|last| is_type_name(&plain(&last.ident)));
        if is_type { Value::Type(self.plain_type(path)) } else { Value::Unknown }
    }

    fn called(&self, call: &syn::ExprCall) -> Value {
        let Expr::Path(function) = &*call.func else { return Value::Unknown };
        let path = &function.path;
        let meant = self.meant(&written(path));
        let argument = || call.args.first().map_or(Value::Unknown, |first| self.value(first));
        let Some(last) = path.segments.last().map(|last| plain(&last.ident)) else { return Value::Unknown };
        if meant.is_in("jsonwebtoken::decode") {
            let claims = path.segments.last().and_then(|last| match &last.arguments {
                PathArguments::AngleBracketed(generics) => generics.args.iter().find_map(|argument| match argument {
                    syn::GenericArgument::Type(ty) => Some(self.tree(ty)),
                    _ => None,
                }),
                _ => None,
            });
            let data = ResolvedPath(vec![vec!["jsonwebtoken".to_owned(), "TokenData".to_owned()]]);
            let data = claims.map_or(Value::Unknown, |claims| Value::Type(TypeTree::named(data, vec![claims])));
            return data.within(ResolvedPath(vec![vec!["Result".to_owned()]]));
        }
        match last.as_str() {
            "Some" => return argument().within(ResolvedPath(vec![vec!["Option".to_owned()]])),
            "Ok" => return argument().within(ResolvedPath(vec![vec!["Result".to_owned()]])),
            _ if is_type_name(&last) => return Value::Type(self.plain_type(path)),
            _ => {}
        }
        let mut of = path.clone();
        of.segments.pop();
        of.segments.pop_punct();
        match of.segments.last().map(|of| plain(&of.ident)) {
            Some(name) if ["Arc", "Rc", "Box"].contains(&name.as_str()) => argument().within(self.meant(&written(&of))),
            // A constructor. The function may return another type, so it is looked up first.
            _ => Value::Made(meant),
        }
    }

    fn plain_type(&self, path: &syn::Path) -> TypeTree {
        self.tree(&syn::parse_quote!(#path))
    }

    /// Binds the names of a pattern.
    pub(super) fn bind(&mut self, pattern: &Pat, value: Value) {
        match pattern {
            Pat::Ident(name) => drop(self.values.insert(plain(&name.ident), value)),
            Pat::Paren(of) => self.bind(&of.pat, value),
            Pat::Reference(of) => self.bind(&of.pat, value),
            Pat::Type(typed) => {
                let value = match self.tree(&typed.ty) {
                    TypeTree { kind: TypeKind::Other, .. } => value,
                    tree => Value::Type(tree),
                };
                self.bind(&typed.pat, value);
            }
            // `Ok(user)`, `Some(user)`, `Extension(user): Extension<User>`.
            Pat::TupleStruct(of) if of.elems.len() == 1 => {
                let inner = match value {
                    Value::Type(tree) => tree.inner.into_iter().next().map_or(Value::Unknown, Value::Type),
                    Value::Within(_, value) => *value,
                    other => other,
                };
                self.bind(&of.elems[0], inner);
            }
            Pat::Struct(of) => {
                for field in &of.fields {
                    let is_claims = matches!(&field.member, syn::Member::Named(name) if name == "claims");
                    let inner = match &value {
                        Value::Type(tree) if is_claims && is_token_data(tree.success()) => {
                            tree.success().inner.first().cloned().map_or(Value::Unknown, Value::Type)
                        }
                        _ => Value::Unknown,
                    };
                    self.bind(&field.pat, inner);
                }
            }
            _ => {
                for name in super::parts::bindings(pattern) {
                    self.values.remove(&name);
                }
            }
        }
    }
}

fn is_token_data(tree: &TypeTree) -> bool {
    tree.path().is_some_and(|path| path.ends_in("TokenData"))
}

fn is_type_name(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}
