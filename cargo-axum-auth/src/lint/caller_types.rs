//! Collects the types of the service that describe its callers.

use crate::names::Parts;
use crate::scan::{FileScan, TypeTree};
use std::collections::BTreeSet;

/// The claims types and principals of the workspace.
pub(super) struct CallerTypes(BTreeSet<Parts>);

/// Types of `auth-runtime` whose first argument is the caller.
const OF_A_CALLER: [&str; 4] = ["Authenticated", "TokenIssuer", "Verifier", "Visitor"];
/// Types of `auth-runtime` that belong to one caller.
const OF_ONE_REQUEST: [&str; 5] = ["Authenticated", "Claims", "Permitted", "Visitor", "WeakenedProof"];
/// Traits whose functions get a caller.
const DECIDE: [&str; 2] = ["Permission", "LoadPrincipal"];

impl CallerTypes {
    pub(super) fn collect(scans: &[&FileScan]) -> Self {
        let mut found = BTreeSet::new();
        for scan in scans {
            for function in &scan.functions {
                let types = function.parameters.iter().map(|parameter| &parameter.tree).chain(&function.output);
                types.into_iter().for_each(|tree| callers(tree, &mut found));
            }
            let decide = |of: &&crate::scan::Implementation| {
                DECIDE.iter().any(|name| of.of.is(&format!("auth_runtime::{name}")) || of.of.is(name))
            };
            for implementation in scan.implementations.iter().filter(decide) {
                let functions = &scan.functions[implementation.functions.clone()];
                let claims = functions.iter().filter_map(|function| function.parameters.last());
                found.extend(claims.filter_map(|claims| claims.tree.referent().path()).flat_map(|path| path.0.clone()));
            }
        }
        Self(found)
    }

    /// Whether the struct of this path describes a caller.
    pub(super) fn has(&self, path: &Parts) -> bool {
        self.0.contains(path)
    }

    /// Whether a type holds a caller: a proof, or claims.
    pub(super) fn in_type(&self, tree: &TypeTree) -> bool {
        let of_one_request = |name: &str| tree.is_ours(name) || is_of_a_topic(tree, name);
        if OF_ONE_REQUEST.iter().any(|name| of_one_request(name)) {
            return true;
        }
        // `Verifier<Session>` and `Vault<Pool, Session>` name the type, and hold no caller.
        if tree.path().is_some_and(|path| path.is_in("auth_runtime") || path.ends_in("PhantomData")) {
            return false;
        }
        tree.path().is_some_and(|path| path.0.iter().any(|path| self.0.contains(path)))
            || tree.inner.iter().any(|inner| self.in_type(inner))
    }
}

/// `auth_runtime::permissions::WeakenedProof`.
fn is_of_a_topic(tree: &TypeTree, name: &str) -> bool {
    tree.path().is_some_and(|path| path.is_in("auth_runtime") && path.ends_in(name))
}

fn callers(tree: &TypeTree, found: &mut BTreeSet<Parts>) {
    if OF_A_CALLER.iter().any(|name| tree.is_ours(name)) {
        found.extend(tree.inner.first().and_then(TypeTree::path).into_iter().flat_map(|path| path.0.clone()));
    }
    tree.inner.iter().for_each(|inner| callers(inner, found));
}
