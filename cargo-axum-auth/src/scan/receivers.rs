//! What the variables of a function are, as far as it stands beside them.

use super::ResolvedPath;
use std::collections::BTreeMap;

/// By name: the path of the type, or of the function that made it. A name that is bound twice is
/// what it was bound to last.
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
