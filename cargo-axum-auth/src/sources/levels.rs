//! The levels of lints: in a manifest, and in the root of a crate.

use super::attributes::needs_test;
use syn::punctuated::Punctuated;
use syn::{AttrStyle, Attribute, Meta, Token};
use toml_edit::{Item, Table};

/// Returns the level of a rustc lint for a package, which may inherit it from the workspace.
pub(crate) fn level(manifest: &Table, shared: &Table, lint: &str) -> Option<String> {
    let lints = manifest.get("lints")?;
    let inherited = lints.get("workspace").and_then(Item::as_bool) == Some(true);
    let lints = if inherited { shared.get("workspace")?.get("lints")? } else { lints };
    let lint = lints.get("rust")?.get(lint)?;
    lint.as_str().or_else(|| lint.get("level")?.as_str()).map(str::to_owned)
}

/// Whether a crate's root sets the lint to one of these levels, in all builds except tests.
pub(crate) fn denies(attributes: &[Attribute], lint: &str, levels: &[&str]) -> bool {
    let inner = attributes.iter().filter(|attribute| matches!(attribute.style, AttrStyle::Inner(_)));
    inner.into_iter().any(|attribute| sets(&attribute.meta, lint, levels))
}

fn sets(attribute: &Meta, lint: &str, levels: &[&str]) -> bool {
    let Meta::List(meta) = attribute else { return false };
    let Ok(parts) = meta.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else { return false };
    if meta.path.is_ident("cfg_attr") {
        let mut parts = parts.iter();
        return parts.next().is_some_and(outside_of_tests) && parts.any(|part| sets(part, lint, levels));
    }
    levels.iter().any(|level| meta.path.is_ident(level)) && parts.iter().any(|part| part.path().is_ident(lint))
}

/// Whether the condition is `not(test)`, which holds in deployed builds.
fn outside_of_tests(condition: &Meta) -> bool {
    let Meta::List(list) = condition else { return false };
    list.path.is_ident("not")
        && list.parse_args::<Meta>().is_ok_and(|inner| matches!(inner, Meta::Path(_)) && needs_test(&inner))
}
