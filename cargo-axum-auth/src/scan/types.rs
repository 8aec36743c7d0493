//! Types with their aliases followed.

use super::ResolvedPath;
use crate::names::{Here, Names, plain, written};
use std::collections::BTreeMap;
use syn::{GenericArgument, GenericParam, PathArguments, Type};

/// A type, and the types in it.
#[derive(Debug, Clone)]
pub(crate) struct TypeTree {
    pub(crate) kind: TypeKind,
    pub(crate) inner: Vec<TypeTree>,
}

#[derive(Debug, Clone)]
pub(crate) enum TypeKind {
    Named(ResolvedPath),
    Tuple,
    Reference,
    Other,
}

/// A deeper chain of aliases is a circle.
const DEPTH: usize = 16;

impl TypeTree {
    pub(super) fn of(names: &Names, here: Here<'_>, ty: &Type) -> Self {
        expand(names, here, ty, &BTreeMap::new(), DEPTH)
    }

    /// A type without arguments.
    pub(crate) fn plain(paths: Vec<crate::names::Parts>) -> Self {
        Self { kind: TypeKind::Named(ResolvedPath(paths)), inner: Vec::new() }
    }

    /// The path, where it is one.
    pub(crate) fn path(&self) -> Option<&ResolvedPath> {
        match &self.kind {
            TypeKind::Named(path) => Some(path),
            _ => None,
        }
    }

    /// Whether it is this type of `auth_runtime`, also without a visible import.
    pub(crate) fn is_ours(&self, name: &str) -> bool {
        self.path().is_some_and(|path| path.is(&format!("auth_runtime::{name}")) || path.is(name))
    }

    /// Whether such a type is the type or inside of it, without regard to references.
    pub(crate) fn holds(&self, wanted: &impl Fn(&Self) -> bool) -> bool {
        wanted(self)
            || (!matches!(self.kind, TypeKind::Reference) && self.inner.iter().any(|inner| inner.holds(wanted)))
    }
}

fn expand(names: &Names, here: Here<'_>, ty: &Type, bound: &BTreeMap<String, TypeTree>, depth: usize) -> TypeTree {
    let all = |types: Vec<&Type>| types.into_iter().map(|ty| expand(names, here, ty, bound, depth)).collect();
    match ty {
        Type::Paren(of) => expand(names, here, &of.elem, bound, depth),
        Type::Group(of) => expand(names, here, &of.elem, bound, depth),
        Type::Reference(of) => TypeTree { kind: TypeKind::Reference, inner: all(vec![&of.elem]) },
        Type::Tuple(of) => TypeTree { kind: TypeKind::Tuple, inner: all(of.elems.iter().collect()) },
        Type::Path(of) => {
            let path = written(&of.path);
            if let [name] = &path[..]
                && let Some(argument) = bound.get(name)
            {
                return argument.clone();
            }
            let inner: Vec<TypeTree> = all(arguments(&of.path));
            match names.type_alias(here, &path).filter(|_| depth > 0) {
                Some((alias, there)) => {
                    let parameters = alias.generics.params.iter().filter_map(|parameter| match parameter {
                        GenericParam::Type(parameter) => Some(plain(&parameter.ident)),
                        _ => None,
                    });
                    let bound = parameters.zip(inner).collect();
                    expand(names, there, &alias.ty, &bound, depth - 1)
                }
                None => TypeTree { kind: TypeKind::Named(ResolvedPath(names.resolve(here, &path))), inner },
            }
        }
        _ => TypeTree { kind: TypeKind::Other, inner: Vec::new() },
    }
}

fn arguments(path: &syn::Path) -> Vec<&Type> {
    let Some(PathArguments::AngleBracketed(list)) = path.segments.last().map(|segment| &segment.arguments) else {
        return Vec::new();
    };
    let types = list.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}
