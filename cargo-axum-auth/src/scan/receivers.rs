//! Infers the types of variables from their declarations.

use super::ResolvedPath;
use std::collections::BTreeMap;

/// The path of the type or of the constructor, by the name of the variable.
///
/// For a name that is bound twice, the last binding counts.
#[derive(Debug, Default)]
pub(super) struct Receivers(BTreeMap<String, Option<ResolvedPath>>);

impl Receivers {
    pub(super) fn bind(&mut self, name: String, root: Option<ResolvedPath>) {
        self.0.insert(name, root);
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn root(&self, name: &str) -> Option<ResolvedPath> {
        self.0.get(name).cloned().flatten()
    }
}
