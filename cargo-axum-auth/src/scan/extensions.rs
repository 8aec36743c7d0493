//! Finds values that code puts into extensions, or reads from them.

use super::facts::{Place, ResolvedPath};
use super::flow::Resolve;
use super::types::TypeTree;
use super::values::Value;
use super::walk::Walk;
use crate::names::{plain, written};
use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, GenericArgument, PathArguments};

/// A value in the extensions of a request or a response.
#[derive(Debug)]
pub(crate) struct ExtensionUse {
    pub(crate) place: Place,
    /// The function around it, by its number in the scan.
    pub(crate) function: Option<usize>,
    pub(crate) test: bool,
    pub(crate) kind: ExtensionKind,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExtensionKind {
    /// `extensions_mut().insert(value)`.
    Insert,
    /// `Extension(value)`, as a layer.
    Layer,
    /// `extensions().get::<T>()`.
    Get,
    /// `Extension<T>`, as an extractor.
    Extractor,
}

const ADD_EXTENSION: [&str; 2] = ["AddExtensionLayer", "new"];
const GETS: [&str; 3] = ["get", "get_mut", "remove"];

impl Walk<'_> {
    pub(super) fn extension_call(&mut self, call: &ExprMethodCall) {
        let name = plain(&call.method);
        let is_get = GETS.contains(&name.as_str()) && call.args.is_empty();
        let inserts = (name == "insert" && call.args.len() == 1) || name.starts_with("get_or_insert");
        // `http::request::Builder::extension`, and the same of clients.
        let builds = ["extension", "with_extension"].contains(&name.as_str()) && call.args.len() == 1;
        if !builds && (!(is_get || inserts) || !self.is_extensions(&call.receiver)) {
            return;
        }
        let turbofish = call.turbofish.as_ref().and_then(|generics| match generics.args.first() {
            Some(GenericArgument::Type(ty)) => Some(Value::Type(self.tree(ty))),
            _ => None,
        });
        let inserted = || call.args.first().map_or(Value::Unknown, |value| self.value(value));
        let (kind, value) = if is_get {
            (ExtensionKind::Get, turbofish.unwrap_or(Value::Unknown))
        } else {
            (ExtensionKind::Insert, turbofish.unwrap_or_else(inserted))
        };
        self.extension(call.method.span(), kind, value);
    }

    /// `let user: Option<&User> = request.extensions().get();`.
    pub(super) fn extension_local(&mut self, local: &syn::Local) {
        let (syn::Pat::Type(typed), Some(init)) = (&local.pat, &local.init) else { return };
        let mut expr = &*init.expr;
        loop {
            expr = match expr {
                Expr::Try(of) => &of.expr,
                Expr::MethodCall(call) if GETS.iter().any(|name| call.method == name) && call.turbofish.is_none() => {
                    if self.is_extensions(&call.receiver) {
                        let value = Value::Type(self.tree(&typed.ty).success().success().clone());
                        self.extension(call.method.span(), ExtensionKind::Get, value);
                    }
                    return;
                }
                Expr::MethodCall(call) => &call.receiver,
                _ => return,
            };
        }
    }

    /// `Extension(value)`.
    pub(super) fn extension_made(&mut self, call: &syn::ExprCall, meant: &ResolvedPath) {
        let is_layer =
            is_extension(meant) || meant.0.iter().any(|path| path.ends_with(&ADD_EXTENSION.map(str::to_owned)));
        if is_layer && call.args.len() == 1 {
            let value = self.value(&call.args[0]);
            self.extension(call.func.span(), ExtensionKind::Layer, value);
        }
    }

    /// `Extension<T>`, wherever the type is written.
    pub(super) fn extension_type(&mut self, path: &syn::Path) {
        let Some(last) = path.segments.last().filter(|last| last.ident == "Extension") else { return };
        let PathArguments::AngleBracketed(generics) = &last.arguments else { return };
        let Some(GenericArgument::Type(ty)) = generics.args.first() else { return };
        if is_extension(&self.meant(&written(path))) {
            let value = Value::Type(self.tree(ty));
            self.extension(last.ident.span(), ExtensionKind::Extractor, value);
        }
    }

    /// `#[from_request(via(Extension))]` at a struct or a field.
    pub(super) fn extension_derived(&mut self, item: &syn::ItemStruct) {
        let via = |attributes: &[syn::Attribute]| {
            let attributes = attributes.iter().filter(|attribute| attribute.path().is_ident("from_request"));
            let names = |wanted: &str, tokens: &[String]| tokens.iter().any(|token| token == wanted);
            let mut tokens = attributes.map(|a| super::tokens::flat(a.meta.to_token_stream()));
            tokens.any(|tokens| names("via", &tokens) && names("Extension", &tokens))
        };
        if via(&item.attrs) {
            let name = &item.ident;
            let value = Value::Type(self.tree(&syn::parse_quote!(#name)));
            self.extension(item.ident.span(), ExtensionKind::Extractor, value);
        }
        for field in item.fields.iter().filter(|field| via(&field.attrs)) {
            let value = Value::Type(self.tree(&field.ty));
            self.extension(field.ty.span(), ExtensionKind::Extractor, value);
        }
    }

    /// `info!(user = ?request.extensions().get::<User>())`: a macro has no receivers.
    pub(super) fn extension_in_macro(&mut self, name: &str, turbofish: &str, at: Span) {
        let inserts = name == "insert";
        if let Ok(ty) = syn::parse_str::<syn::Type>(turbofish)
            && (inserts || GETS.contains(&name))
        {
            let kind = if inserts { ExtensionKind::Insert } else { ExtensionKind::Get };
            let value = Value::Type(self.tree(&ty));
            self.extension(at, kind, value);
        }
    }

    fn extension(&mut self, at: Span, kind: ExtensionKind, value: Value) {
        let (place, function, test) = (self.place(at), self.function, self.test);
        self.scan.extensions.push(ExtensionUse { place, function, test, kind, value });
    }

    fn is_extensions(&self, receiver: &Expr) -> bool {
        match receiver {
            Expr::Paren(of) => self.is_extensions(&of.expr),
            Expr::Reference(of) => self.is_extensions(&of.expr),
            Expr::MethodCall(call) => call.method == "extensions" || call.method == "extensions_mut",
            Expr::Field(of) => matches!(&of.member, syn::Member::Named(name) if name == "extensions"),
            Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
                let is_type = |tree: &TypeTree| {
                    let tree = tree.success();
                    tree.path().is_some_and(|path| path.ends_in("Extensions"))
                };
                name == "extensions"
                    || matches!(self.values.get(&plain(name)), Some(Value::Type(tree)) if is_type(tree))
            }),
            _ => false,
        }
    }
}

fn is_extension(meant: &ResolvedPath) -> bool {
    ["axum::Extension", "axum::extract::Extension", "axum::extract::extension::Extension", "Extension"]
        .iter()
        .any(|path| meant.is(path))
}
