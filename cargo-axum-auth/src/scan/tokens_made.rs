//! Finds the tokens that a service issues, and the fields of their claims.

use super::facts::{Place, ResolvedPath};
use super::parts::text;
use super::values::Value;
use super::walk::Walk;
use crate::names::{Parts, plain};
use quote::ToTokens;
use syn::Expr;
use syn::spanned::Spanned;

/// A call that signs a token.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) place: Place,
    /// The function around it, by its number in the scan.
    pub(crate) function: Option<usize>,
    pub(crate) test: bool,
    pub(crate) claims: Value,
    /// The name of its key, or the parameter that has the key.
    pub(crate) key: Option<String>,
}

/// A struct with named fields.
#[derive(Debug)]
pub(crate) struct StructFields {
    pub(crate) path: Parts,
    /// The names of the fields, and those of `#[serde(rename = "..")]`.
    pub(crate) fields: Vec<String>,
}

impl Walk<'_> {
    pub(super) fn token_made(&mut self, call: &syn::ExprCall, meant: &ResolvedPath) {
        if meant.is("jsonwebtoken::encode") && call.args.len() == 3 {
            let (place, claims) = (self.place(call.func.span()), self.value(&call.args[1]));
            let (function, test) = (self.function, self.test);
            let key = key_name(&call.args[2]).map(|key| self.secrets.get(&key).cloned().unwrap_or(key));
            self.scan.issued.push(Issued { place, function, test, claims, key });
        }
    }

    /// `let key = EncodingKey::from_secret(config.jwt_secret.as_ref());`
    pub(super) fn secret(&mut self, local: &syn::Local) {
        if let (syn::Pat::Ident(name), Some(init)) = (&local.pat, &local.init)
            && let Some(key) = key_name(&init.expr)
        {
            let key = self.secrets.get(&key).cloned().unwrap_or(key);
            self.secrets.insert(plain(&name.ident), key);
        }
    }

    pub(super) fn struct_fields(&mut self, item: &syn::ItemStruct) {
        let renamed = |field: &syn::Field| {
            let attributes = field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde"));
            let tokens = attributes.flat_map(|attribute| super::tokens::flat(attribute.meta.to_token_stream()));
            tokens.filter_map(|token| syn::parse_str::<syn::LitStr>(&token).ok()).map(|text| text.value()).collect()
        };
        let fields = item.fields.iter().flat_map(|field| {
            let mut names: Vec<String> = renamed(field);
            names.extend(field.ident.as_ref().map(plain));
            names
        });
        let path = [self.module.as_slice(), &[plain(&item.ident)]].concat();
        self.scan.structs.push(StructFields { path, fields: fields.collect() });
    }
}

/// Names of a key that say little without the value that has it.
const GENERAL: [&str; 7] = ["0", "enc", "encode", "encoding", "key", "private", "secret"];

/// Returns the name of a key: `jwt_secret` for `from_secret(config.jwt_secret.as_ref())`.
pub(crate) fn key_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Paren(of) => key_name(&of.expr),
        Expr::Reference(of) => key_name(&of.expr),
        Expr::Unary(of) => key_name(&of.expr),
        Expr::Try(of) => key_name(&of.expr),
        Expr::Await(of) => key_name(&of.base),
        Expr::Lit(of) => Some(of.lit.to_token_stream().to_string()),
        Expr::Path(of) => of.path.segments.last().map(|last| plain(&last.ident)),
        Expr::Field(of) => {
            let name = of.member.to_token_stream().to_string();
            let outer = || key_name(&of.base).filter(|outer| outer != "self");
            Some(match outer().filter(|_| GENERAL.contains(&name.as_str())) {
                Some(outer) => format!("{outer}.{name}"),
                None => name,
            })
        }
        Expr::MethodCall(call) if call.args.is_empty() || call.method == "expect" => match &*call.receiver {
            // `config.jwt_secret()`
            Expr::Path(of) if of.path.is_ident("self") => Some(plain(&call.method)),
            receiver if is_accessor(&plain(&call.method)) => key_name(receiver),
            _ => Some(plain(&call.method)),
        },
        Expr::Call(call) => match &*call.func {
            Expr::Path(of) if of.path.segments.iter().any(|part| part.ident == "EncodingKey") => {
                key_name(call.args.first()?)
            }
            _ => Some(text(expr)),
        },
        _ => None,
    }
}

/// Whether a method returns the value itself in another form.
fn is_accessor(method: &str) -> bool {
    ["as_", "to_", "into", "clone", "expect", "unwrap", "borrow", "deref", "get", "expose", "trim", "read"]
        .iter()
        .any(|start| method.starts_with(start))
}
