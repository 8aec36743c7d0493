//! Finds optional callers: a proof of `Option<C>` also exists without a caller.

use super::Finding;
use super::rules::OPTIONAL_CALLER;
use crate::scan::{FileScan, Function, Implementation, TypeKind, TypeTree};

/// Types of `auth-runtime` whose first argument is the caller.
const OF_A_CALLER: [&str; 4] = ["Authenticated", "TokenIssuer", "Verifier", "Visitor"];

/// P3: the compiler refuses `Option<Authenticated<C>>`, and not `Authenticated<Option<C>>`.
pub(super) fn find(scan: &FileScan, findings: &mut Vec<Finding>) {
    for function in &scan.functions {
        let types = function.parameters.iter().map(|parameter| &parameter.tree).chain(&function.output);
        if let Some(ty) = types.into_iter().find_map(optional_caller) {
            let Function { name, place, test, .. } = function;
            findings.push(Finding::new(&OPTIONAL_CALLER, place, format!("`{ty}` in `{name}`"), *test));
        }
    }
    for Implementation { of, body, place, for_type, test, .. } in &scan.implementations {
        let principal = body.windows(4).find(|four| four[..3] == ["type", "Principal", "="]);
        if let Some(wrapper) =
            principal.map(|four| &four[3]).filter(|ty| of.ends_in("LoadPrincipal") && is_optional(ty))
        {
            let item = format!("`type Principal = {wrapper}<..>` of `{for_type}`");
            findings.push(Finding::new(&OPTIONAL_CALLER, place, item, *test));
        }
    }
}

fn is_optional(name: &str) -> bool {
    name == "Option" || name == "Result"
}

/// Returns such a type, at any depth, as it is written for a reader.
fn optional_caller(tree: &TypeTree) -> Option<String> {
    if let TypeKind::Named(path) = &tree.kind
        && OF_A_CALLER.iter().any(|name| tree.is_ours(name))
        && let Some(wrapper) = tree.inner.first().and_then(TypeTree::path).filter(|path| is_optional(path.last()))
    {
        return Some(format!("{}<{}<..>>", path.last(), wrapper.last()));
    }
    tree.inner.iter().find_map(optional_caller)
}
