//! Finds code that reads a value from extensions that no layer inserts any more.

use super::Finding;
use super::rules::LOST_EXTENSION;
use crate::inventory::{Extensions, Functions};
use crate::names::Names;
use crate::scan::TypeTree;

/// P10: a former authentication layer inserted the value, and the gate does not.
///
/// `file` is the number of the file in `functions`.
pub(super) fn find(
    file: usize,
    names: &Names,
    functions: &Functions<'_>,
    extensions: &Extensions<'_>,
    findings: &mut Vec<Finding>,
) {
    for read in extensions.reads().filter(|read| read.file == file) {
        // The type of another crate is inserted by that crate.
        let Some(tree) = read.tree.as_ref().filter(|tree| is_of_the_workspace(tree, names)) else { continue };
        if extensions.inserts(tree, read.of.test, functions) {
            continue;
        }
        let name = read.name().unwrap_or_default();
        let item = match read.id() {
            Some(id) => format!("`{name}` in `{}`", functions.get(id).name),
            None => format!("`{name}`"),
        };
        findings.push(Finding::new(&LOST_EXTENSION, &read.of.place, item, read.of.test));
    }
}

fn is_of_the_workspace(tree: &TypeTree, names: &Names) -> bool {
    let wraps = ["Arc", "Box", "Option", "Rc"];
    let Some(path) = tree.path() else { return false };
    match tree.inner.first() {
        Some(inner) if wraps.iter().any(|name| path.ends_in(name)) => is_of_the_workspace(inner, names),
        _ => path.0.iter().any(|path| path.len() > 1 && names.is_ours(&path[0]) && path[0] != "auth_runtime"),
    }
}
