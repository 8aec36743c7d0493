//! Reads functions: their parameters, their variables, and the receivers of methods.

use super::checks::checks;
use super::facts::{FirstParameter, Function, Parameter, Place, ResolvedPath, What};
use super::flow::{Flow, Resolve};
use super::parts::{bindings, expanded, unsafe_keyword};
use super::tokens::flat;
use super::types::TypeTree;
use super::values::Value;
use super::walk::Walk;
use crate::names::{Here, Parts, plain, written};
use crate::sources::is_test;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{
    Attribute, Block, Expr, FnArg, GenericArgument, Pat, PatType, PathArguments, ReturnType, Signature, Type, UseTree,
};

impl Walk<'_> {
    pub(super) fn function(
        &mut self,
        attributes: &[Attribute],
        signature: &Signature,
        body: &Block,
        walk: impl FnOnce(&mut Self),
    ) {
        let mut resolved = Vec::new();
        let first = signature.inputs.first().and_then(|input| self.first_parameter(input));
        for attribute in attributes {
            for (meta, condition) in expanded(&attribute.meta) {
                let meant = self.meant(&written(meta.path()));
                let arguments = meta.require_list().map_or_else(|_| String::new(), |list| list.tokens.to_string());
                let (function, first) = (signature.ident.to_string(), first.clone());
                let what = What::Attribute { meant: meant.clone(), arguments, function, first, condition };
                self.saw(attribute.span(), what);
                resolved.push(meant);
            }
        }
        if let Some(unsafety) = unsafe_keyword(signature) {
            self.saw(unsafety, What::Unsafe("a function"));
        }
        let parameters: Vec<Parameter> = signature.inputs.iter().filter_map(|input| self.parameter(input)).collect();
        let output = match &signature.output {
            ReturnType::Type(_, ty) => Some(self.tree(ty)),
            ReturnType::Default => None,
        };
        let softened = self.softened(&parameters, |flow| flow.visit_block(body));
        let owners = self.of.as_ref().map_or_else(|| vec![self.module.clone()], |of| of.0.clone());
        let name = plain(&signature.ident);
        let function = Function {
            paths: owners.into_iter().map(|owner| [owner, vec![name.clone()]].concat()).collect(),
            name: signature.ident.to_string(),
            place: self.place(signature.ident.span()),
            test: self.test || is_test(attributes),
            asynchronous: signature.asyncness.is_some(),
            method: signature.receiver().is_some(),
            attributes: resolved,
            parameters,
            output,
            body: flat(body.to_token_stream()),
            softened,
            checks: checks(body),
        };
        self.scan.functions.push(function);
        let outer = self.function.replace(self.scan.functions.len() - 1);
        let receivers = std::mem::take(&mut self.receivers);
        let (values, routing) = (std::mem::take(&mut self.values), std::mem::take(&mut self.routing));
        let secrets = std::mem::take(&mut self.secrets);
        for input in &signature.inputs {
            if let FnArg::Typed(typed) = input {
                self.receiver(&typed.pat, self.type_path(&typed.ty));
                let value = Value::Type(self.tree(&typed.ty));
                self.bind(&typed.pat, value);
            }
        }
        self.within_test(is_test(attributes), walk);
        self.receivers = receivers;
        (self.values, self.routing, self.secrets) = (values, routing, secrets);
        self.function = outer;
    }

    pub(super) fn first_parameter(&self, input: &FnArg) -> Option<FirstParameter> {
        let FnArg::Typed(typed) = input else { return None };
        let Type::Path(ty) = &*typed.ty else { return None };
        let arguments = ty.path.segments.last().map(|segment| &segment.arguments);
        let argument = arguments.and_then(|arguments| match arguments {
            PathArguments::AngleBracketed(list) => list.args.iter().rev().find_map(|argument| match argument {
                GenericArgument::Type(Type::Path(ty)) => Some(self.meant(&written(&ty.path))),
                _ => None,
            }),
            _ => None,
        });
        Some(FirstParameter { ty: self.meant(&written(&ty.path)), argument })
    }

    /// The path of a type, references aside.
    pub(super) fn type_path(&self, ty: &Type) -> Option<ResolvedPath> {
        match ty {
            Type::Path(ty) => Some(self.meant(&written(&ty.path))),
            Type::Reference(of) => self.type_path(&of.elem),
            Type::Paren(of) => self.type_path(&of.elem),
            _ => None,
        }
    }

    pub(super) fn receiver(&mut self, pattern: &Pat, root: Option<ResolvedPath>) {
        match pattern {
            Pat::Ident(name) => self.receivers.bind(plain(&name.ident), root),
            // `let x: T = ..` has the type.
            Pat::Type(typed) => {
                let root = self.type_path(&typed.ty).or(root);
                self.receiver(&typed.pat, root);
            }
            _ => bindings(pattern).into_iter().for_each(|name| self.receivers.bind(name, None)),
        }
    }

    /// Returns the start of a chain of receivers.
    pub(super) fn root(&self, receiver: &Expr) -> Option<ResolvedPath> {
        match receiver {
            Expr::MethodCall(call) => self.root(&call.receiver),
            Expr::Await(of) => self.root(&of.base),
            Expr::Try(of) => self.root(&of.expr),
            Expr::Paren(of) => self.root(&of.expr),
            Expr::Reference(of) => self.root(&of.expr),
            Expr::Call(call) => self.root(&call.func),
            Expr::Struct(of) => Some(self.meant(&written(&of.path))),
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) if self.receivers.knows(&plain(name)) => self.receivers.root(&plain(name)),
                _ => Some(self.meant(&written(&path.path))),
            },
            _ => None,
        }
    }

    pub(super) fn softened(
        &self,
        parameters: &[Parameter],
        body: impl FnOnce(&mut Flow<'_, Self>),
    ) -> Vec<(Place, String)> {
        let mut flow = Flow::new(self, parameters, &self.generics);
        body(&mut flow);
        flow.found.into_iter().map(|(span, how)| (self.place(span), how)).collect()
    }

    pub(super) fn parameter(&self, input: &FnArg) -> Option<Parameter> {
        let FnArg::Typed(typed) = input else { return None };
        Some(self.typed(typed))
    }

    pub(super) fn typed(&self, typed: &PatType) -> Parameter {
        let ty = match &*typed.ty {
            Type::Path(ty) => self.meant(&written(&ty.path)),
            _ => ResolvedPath(Vec::new()),
        };
        Parameter {
            bindings: bindings(&typed.pat),
            ty,
            tokens: flat(typed.ty.to_token_stream()),
            tree: self.tree(&typed.ty),
        }
    }

    pub(super) fn reexports(&mut self, tree: &UseTree, mut before: Parts) {
        let (name, leaf) = match tree {
            UseTree::Path(path) => {
                before.push(plain(&path.ident));
                return self.reexports(&path.tree, before);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.reexports(tree, before.clone()));
            }
            UseTree::Glob(glob) => (None, glob.span()),
            UseTree::Name(name) => (Some(&name.ident), name.span()),
            UseTree::Rename(rename) => (Some(&rename.ident), rename.span()),
        };
        before.extend(name.filter(|name| *name != "self").map(plain));
        let meant = self.meant(&before);
        self.saw(leaf, What::Reexport(meant));
    }
}

impl Resolve for Walk<'_> {
    fn path(&self, path: &syn::Path) -> ResolvedPath {
        self.meant(&written(path))
    }

    fn tree(&self, ty: &Type) -> TypeTree {
        TypeTree::of(self.names, Here { module: &self.module, blocks: &self.blocks }, ty)
    }
}
