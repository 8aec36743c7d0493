//! Checks the lint levels of crates that hold proofs: `unused_must_use` and `unsafe_code`.

use super::rules::{MUST_USE_NOT_DENIED, Rule, UNSAFE_NOT_DENIED};
use super::{Comment, Finding, allowances};
use crate::base::{Package, Workspace};
use crate::base::{Problem, read, toml};
use crate::scan::Place;
use crate::sources::{Sources, denies, level};
use toml_edit::{Document, Item};

pub(super) fn find(
    workspace: &Workspace,
    package: &Package,
    sources: &Sources<'_>,
    findings: &mut Vec<Finding>,
    comments: &mut Vec<Comment>,
) -> Result<(), Problem> {
    if !package.holds_proofs() {
        return Ok(());
    }
    let text = read(&package.manifest)?;
    let manifest = toml(&package.manifest, &text)?;
    let shared = workspace.root.join("Cargo.toml");
    let shared = toml(&shared, &read(&shared)?)?;
    let shown = workspace.shown(&package.manifest);
    comments.extend(allowances(&shown, &text, "#"));
    let wanted: [(&'static Rule, &str, &[&str]); 2] = [
        (&MUST_USE_NOT_DENIED, "unused_must_use", &["deny", "forbid"]),
        (&UNSAFE_NOT_DENIED, "unsafe_code", &["deny", "forbid"]),
    ];
    for (rule, lint, enough) in wanted {
        let level = level(manifest.as_table(), shared.as_table(), lint);
        if level.as_deref().is_some_and(|level| enough.contains(&level)) || in_each_root(sources, package, lint, enough)
        {
            continue;
        }
        let item = level.map_or_else(|| format!("no `{lint}`"), |level| format!("`{lint} = \"{level}\"`"));
        let place = Place { file: shown.clone(), line: line_of_lints(&manifest, &text, lint), column: 1 };
        findings.push(Finding::new(rule, &place, format!("{item} in `{}`", package.name), false));
    }
    Ok(())
}

/// The line of the lint, or of the nearest table around it.
fn line_of_lints(manifest: &Document<String>, text: &str, lint: &str) -> usize {
    let lints = manifest.get("lints");
    let rust = lints.and_then(|lints| lints.get("rust"));
    let spans = [rust.and_then(|rust| rust.get(lint)), rust, lints, manifest.get("package")];
    let start = spans.into_iter().flatten().find_map(Item::span).map_or(0, |span| span.start);
    text[..start].matches('\n').count() + 1
}

/// Whether the root of every library and program says it: `#![forbid(unsafe_code)]`.
fn in_each_root(sources: &Sources<'_>, package: &Package, lint: &str, enough: &[&str]) -> bool {
    let mut roots = sources
        .crates
        .iter()
        .filter(|krate| krate.root && krate.package.name == package.name)
        .filter_map(|krate| krate.files.iter().find(|file| file.module.len() == 1 && !file.test))
        .peekable();
    roots.peek().is_some() && roots.all(|root| denies(&root.syntax.attrs, lint, enough))
}
