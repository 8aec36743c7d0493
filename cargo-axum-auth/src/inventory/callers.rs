//! Finds the types by which a service passes the caller to its handlers.

use super::evidence::{AllEvidence, Evidence};
use super::extensions::{Extensions, Typed, same};
use super::functions::Functions;
use crate::names::Parts;
use crate::scan::{ExtensionKind, Place, TypeTree, What};
use std::collections::BTreeMap;

/// Names of types that describe a caller.
pub(crate) const CALLERS: [&str; 10] =
    ["account", "actor", "caller", "claims", "identity", "member", "principal", "session", "subject", "user"];

/// An extractor of the service that returns the caller.
#[derive(Debug, Clone)]
pub(crate) struct Extractor {
    pub(crate) name: String,
    pub(crate) place: Place,
    /// It accepts a request without a caller.
    pub(crate) optional: bool,
    pub(crate) evidence: Evidence,
}

impl Extractor {
    /// The type of the caller: `User` for `MaybeUser`.
    pub(crate) fn claims(&self) -> &str {
        self.name.trim_start_matches("Maybe").trim_start_matches("Optional").trim_start_matches("Option")
    }
}

/// The caller in a parameter of a handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The type that becomes the `C` of `Authenticated<C>`.
    pub(crate) claims: String,
    pub(crate) optional: bool,
    pub(crate) evidence: Evidence,
}

pub(super) struct Callers {
    pub(super) extractors: BTreeMap<Parts, Extractor>,
    /// Types that an authentication layer inserts, with the evidence in the layer.
    inserted: Vec<(TypeTree, Evidence)>,
    /// Types whose one value is the same for all requests: `.layer(Extension(state))`.
    states: Vec<TypeTree>,
}

impl Callers {
    pub(super) fn collect(functions: &Functions<'_>, extensions: &Extensions<'_>, evidence: &AllEvidence) -> Self {
        let insertions =
            extensions.insertions().filter(|typed| !typed.of.test && typed.of.kind == ExtensionKind::Insert);
        let inserted = insertions.filter_map(|typed| {
            let found = evidence.reached(typed.id()?, functions);
            // A layer that writes logs may read a credential too, and decides nothing.
            let decides = found.decodes || (found.reads_credential() && found.rejects);
            let is_caller = decides || typed.name().is_some_and(is_caller_name);
            Some((typed.tree.clone().filter(|_| is_caller)?, found))
        });
        let mut inserted: Vec<(TypeTree, Evidence)> = inserted.collect();
        // A layer that authenticates and inserts a value of an unknown type: most likely it is one
        // that is read, and that no other code inserts.
        let unknown = extensions.insertions().find(|typed| typed.tree.is_none() && typed.authenticates);
        if let Some(id) = unknown.and_then(Typed::id) {
            let known = |tree: &TypeTree| extensions.insertions().any(|typed| typed.inserts(tree));
            let reads = extensions.reads().filter(|read| !read.of.test).filter_map(|read| read.tree.as_ref());
            let found = evidence.reached(id, functions);
            let lost: Vec<_> =
                reads.filter(|tree| is_own(tree) && !known(tree)).map(|tree| (tree.clone(), found)).collect();
            inserted.extend(lost);
        }
        let states = extensions.insertions().filter(|typed| typed.of.kind == ExtensionKind::Layer);
        let states = states.filter_map(|typed| typed.tree.clone()).collect();
        let mut callers = Self { inserted, states, extractors: BTreeMap::new() };
        // An extractor may take another one.
        loop {
            let before = callers.extractors.len();
            callers.collect_extractors(functions, extensions, evidence);
            if callers.extractors.len() == before {
                return callers;
            }
        }
    }

    fn collect_extractors(&mut self, functions: &Functions<'_>, extensions: &Extensions<'_>, evidence: &AllEvidence) {
        for (file, scan) in functions.scans.iter().enumerate() {
            for of in scan.implementations.iter().filter(|of| of.extracts() && !of.test) {
                let ids = of.functions.clone().map(|number| (file, number));
                let mut found =
                    ids.clone().fold(Evidence::default(), |all, id| all.or(evidence.reached(id, functions)));
                let reads =
                    extensions.reads().filter(|read| read.id().is_some_and(|id| ids.clone().any(|own| own == id)));
                for caller in reads.filter_map(|read| self.inserted_as(read.tree.as_ref()?)) {
                    found = found.or(caller);
                }
                let takes = of.occurrences.clone().filter_map(|number| match &scan.occurrences[number].what {
                    What::Path { meant, .. } => meant.0.iter().find_map(|path| {
                        let of = path.split_last().map_or(&[][..], |(_, of)| of);
                        self.extractors.get(path).or_else(|| self.extractors.get(of))
                    }),
                    _ => None,
                });
                let fields = of.fields.iter().filter_map(|field| self.of(field)).map(|caller| caller.evidence);
                let others: Vec<Evidence> = takes.map(|extractor| extractor.evidence).chain(fields).collect();
                found = others.into_iter().fold(found, Evidence::or);
                if !found.reads_credential() {
                    continue;
                }
                let infallible = of.body.windows(3).any(|three| three == ["Rejection", "=", "Infallible"]);
                let name = of.for_path.last().to_owned();
                let extractor = Extractor {
                    place: of.place.clone(),
                    optional: infallible || ["Maybe", "Option"].iter().any(|start| name.starts_with(start)),
                    evidence: found,
                    name,
                };
                for path in of.for_path.0.iter().filter(|path| path.len() > 1) {
                    self.extractors.entry(path.clone()).or_insert_with(|| extractor.clone());
                }
            }
        }
    }

    /// Returns the evidence in the layer that inserts a type.
    pub(super) fn inserted_as(&self, tree: &TypeTree) -> Option<Evidence> {
        self.inserted.iter().find(|(inserted, _)| same(inserted, tree)).map(|(_, evidence)| *evidence)
    }

    /// Returns the caller in a parameter of this type.
    pub(super) fn of(&self, tree: &TypeTree) -> Option<Caller> {
        let path = tree.path()?;
        let inner = tree.inner.first();
        if path.ends_in("Option") || path.ends_in("Result") {
            return self.of(inner?).map(|caller| Caller { optional: true, ..caller });
        }
        if path.ends_in("Extension") {
            let value = inner?;
            let evidence = self.inserted_as(value);
            let optional = value.path().is_some_and(|path| path.ends_in("Option"));
            let claims = innermost(value).path()?.last().to_owned();
            let is_state = self.states.iter().any(|state| same(state, value));
            let evidence = evidence.or_else(|| (is_caller_name(&claims) && !is_state).then(Evidence::default))?;
            return Some(Caller { claims, optional, evidence });
        }
        if path.is("axum_login::AuthSession") {
            let evidence = Evidence { cookie: true, ..Evidence::default() };
            return Some(Caller { claims: "User".to_owned(), optional: false, evidence });
        }
        let found = path.0.iter().find_map(|path| self.extractors.get(path))?;
        let claims = found.claims().to_owned();
        Some(Caller { claims, optional: found.optional, evidence: found.evidence })
    }
}

/// `CurrentUser`, but not `UserService`.
fn is_caller_name(name: &str) -> bool {
    let parts =
        ["api", "client", "config", "dao", "db", "manager", "pool", "repo", "repository", "service", "state", "store"];
    let name = name.to_lowercase();
    CALLERS.iter().any(|caller| name.contains(caller)) && !parts.iter().any(|part| name.ends_with(part))
}

/// Whether a type is not one that axum inserts.
fn is_own(tree: &TypeTree) -> bool {
    let others = ["axum", "http", "hyper", "std", "tower_http", "tower_sessions"];
    innermost(tree).path().is_some_and(|path| !path.crates().any(|name| others.contains(&name)))
}

/// Removes `Arc`, `Option` and similar.
pub(super) fn innermost(tree: &TypeTree) -> &TypeTree {
    let wraps = ["Arc", "Box", "Option", "Rc"];
    match (tree.path(), tree.inner.first()) {
        (Some(path), Some(inner)) if wraps.iter().any(|name| path.ends_in(name)) => innermost(inner),
        _ => tree,
    }
}
