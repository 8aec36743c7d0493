//! Compares the values that code puts into extensions with those that it reads.

use super::callers::innermost;
use super::evidence::AllEvidence;
use super::functions::{Functions, Id};
use crate::scan::{ExtensionKind, ExtensionUse, ResolvedPath, TypeKind, TypeTree};

/// A use of extensions, with the type of its value.
pub(crate) struct Typed<'s> {
    pub(crate) file: usize,
    pub(crate) of: &'s ExtensionUse,
    /// `None` if the code around it does not show the type.
    pub(crate) tree: Option<TypeTree>,
    /// Whether the function around it reads a credential.
    pub(crate) authenticates: bool,
}

/// The uses of extensions in the workspace.
pub(crate) struct Extensions<'s> {
    pub(crate) all: Vec<Typed<'s>>,
}

impl<'s> Extensions<'s> {
    pub(crate) fn collect(functions: &Functions<'s>, evidence: &AllEvidence) -> Self {
        let scans = functions.scans.iter().enumerate();
        let all = scans.flat_map(|(file, scan)| scan.extensions.iter().map(move |of| (file, of)));
        let typed = all.map(|(file, of)| {
            // A single name is a parameter of a generic function.
            let is_known = |tree: &TypeTree| tree.path().is_some_and(|path| path.0.iter().any(|path| path.len() > 1));
            let tree = functions.type_of(&of.value).filter(|tree| is_known(innermost(tree)));
            let id = of.function.map(|number| (file, number));
            let authenticates = id.is_some_and(|id| evidence.reached(id, functions).reads_credential());
            Typed { file, of, tree, authenticates }
        });
        Self { all: typed.collect() }
    }

    pub(crate) fn reads(&self) -> impl Iterator<Item = &Typed<'s>> {
        self.all.iter().filter(|typed| typed.reads())
    }

    pub(crate) fn insertions(&self) -> impl Iterator<Item = &Typed<'s>> {
        self.all.iter().filter(|typed| !typed.reads())
    }

    /// Whether code that is not a test inserts a value of this type.
    ///
    /// An insertion of an unknown type counts if its function reads a credential, or if the
    /// function or one that uses it names the type.
    pub(crate) fn inserts(&self, tree: &TypeTree, in_tests: bool, functions: &Functions<'_>) -> bool {
        let name = tree.path().map_or("", |path| path.last());
        self.insertions().filter(|typed| in_tests || !typed.of.test).any(|typed| match &typed.tree {
            Some(inserted) => same(inserted, tree),
            None => typed.authenticates || typed.id().is_none_or(|id| functions.mention(id, name)),
        })
    }
}

impl Typed<'_> {
    /// Whether it is known to insert a value of this type.
    pub(super) fn inserts(&self, tree: &TypeTree) -> bool {
        !self.reads() && self.tree.as_ref().is_some_and(|inserted| same(inserted, tree))
    }

    pub(crate) fn reads(&self) -> bool {
        matches!(self.of.kind, ExtensionKind::Get | ExtensionKind::Extractor)
    }

    pub(crate) fn id(&self) -> Option<Id> {
        self.of.function.map(|number| (self.file, number))
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.tree.as_ref().and_then(TypeTree::path).map(ResolvedPath::last)
    }
}

/// Whether two types may be the same.
pub(super) fn same(one: &TypeTree, other: &TypeTree) -> bool {
    match (&one.kind, &other.kind) {
        (TypeKind::Named(a), TypeKind::Named(b)) => {
            a.0.iter().any(|path| b.0.contains(path))
                && (one.inner.is_empty()
                    || other.inner.is_empty()
                    || one.inner.iter().zip(&other.inner).all(|(a, b)| same(a, b)))
        }
        (TypeKind::Reference, _) => one.inner.first().is_some_and(|one| same(one, other)),
        (_, TypeKind::Reference) => other.inner.first().is_some_and(|other| same(one, other)),
        // `impl Trait`, `dyn Trait`, tuples: unknown.
        _ => true,
    }
}
