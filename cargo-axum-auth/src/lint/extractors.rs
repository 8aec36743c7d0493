//! Collects the extractors of the service, across all of its files.

use crate::inventory::CALLERS;
use crate::names::Parts;
use crate::scan::{FileScan, Implementation, TypeTree, What};
use std::collections::{BTreeMap, BTreeSet};

/// The types that the service extracts from a request.
#[derive(Default)]
pub(super) struct Extractors {
    /// Those that identify the caller, because they take a proof or another such extractor.
    callers: BTreeSet<Parts>,
    /// For each, whether it continues after a failure.
    soft: BTreeMap<Parts, bool>,
}

/// Crates whose extractors do not pass on a caller: what they give, any client can send.
const OF_THE_REQUEST: [&str; 7] = ["axum", "axum_extra", "http", "std", "core", "headers", "auth_runtime"];

impl Extractors {
    /// Collects those of all files. `goes_on` returns whether an impl accepts a failure.
    pub(super) fn collect(scans: &[&FileScan], goes_on: impl Fn(&FileScan, &Implementation) -> bool) -> Self {
        let mut extractors = Self::default();
        let all: Vec<(&FileScan, &Implementation)> = scans
            .iter()
            .flat_map(|scan| scan.implementations.iter().map(move |of| (*scan, of)))
            .filter(|(_, implementation)| implementation.extracts())
            .collect();
        for (scan, implementation) in &all {
            let soft = goes_on(scan, implementation);
            for path in &implementation.for_path.0 {
                *extractors.soft.entry(path.clone()).or_default() |= soft;
            }
        }
        // One may take another, which takes a proof.
        loop {
            let before = extractors.callers.len();
            for (scan, implementation) in &all {
                if extractors.takes_a_caller(scan, implementation) {
                    extractors.callers.extend(implementation.for_path.0.iter().cloned());
                }
            }
            if extractors.callers.len() == before {
                return extractors;
            }
        }
    }

    fn takes_a_caller(&self, scan: &FileScan, implementation: &Implementation) -> bool {
        let is_caller = |tree: &TypeTree| {
            tree.is_ours("Authenticated")
                || tree.path().is_some_and(|path| path.0.iter().any(|p| self.callers.contains(p)))
        };
        implementation.fields.iter().any(|field| field.holds(&is_caller))
            || implementation.occurrences.clone().any(|number| match &scan.occurrences[number].what {
                What::Path { meant, .. } => {
                    ["Authenticated", "Verifier"].iter().any(|name| {
                        meant.is_in(&format!("auth_runtime::{name}")) || meant.0.iter().any(|path| path[0] == *name)
                    }) || meant.0.iter().any(|path| {
                        self.callers.contains(path)
                            || path.split_last().is_some_and(|(_, of)| self.callers.contains(of))
                    })
                }
                What::Method { name, .. } => name == "authenticate",
                _ => false,
            })
    }

    /// Whether a parameter of this type identifies the caller.
    pub(super) fn carries_the_caller(&self, tree: &TypeTree) -> bool {
        let Some(path) = tree.path() else { return false };
        if tree.is_ours("Authenticated") {
            return false;
        }
        if path.0.iter().any(|path| self.soft.contains_key(path)) {
            return path.0.iter().any(|path| self.callers.contains(path));
        }
        if path.ends_in("Extension") {
            return tree.inner.iter().filter_map(TypeTree::path).any(|inner| {
                let name = inner.last().to_lowercase();
                CALLERS.iter().any(|caller| name.contains(caller))
            });
        }
        // Of another crate, whose code is not read.
        let known = ["Path", "State", "Query", "Json", "Form", "HeaderMap", "Bytes", "String", "Method", "Uri"];
        !known.iter().any(|name| path.ends_in(name))
            && !path.crates().any(|of| OF_THE_REQUEST.contains(&of))
            && path.crates().next().is_some()
    }

    /// Whether an extractor of the workspace accepts a failure.
    ///
    /// `None` for an extractor whose code is not read.
    pub(super) fn goes_on(&self, tree: &TypeTree) -> Option<bool> {
        let known: Vec<bool> = tree.path()?.0.iter().filter_map(|path| self.soft.get(path).copied()).collect();
        (!known.is_empty()).then(|| known.contains(&true))
    }
}
