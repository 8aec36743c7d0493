//! Denies `unsafe` in the library and the programs of the service.
//!
//! Each root gets an attribute. `[lints.rust]` would apply to tests too, and in edition 2024 a test
//! needs `unsafe` to call `std::env::set_var`.

use super::{Plan, Service, manifest};
use crate::base::Problem;
use crate::scan::Place;
use crate::sources::{denies, level};
use syn::spanned::Spanned;

const LINT: &str = "unsafe_code";
const ATTRIBUTE: &str = "#![cfg_attr(not(test), deny(unsafe_code))]";

/// Denies `unsafe`, unless the service has some today, because it must still compile.
pub(super) fn plan(service: &Service<'_>, found: &[Place], plan: &mut Plan) -> Result<(), Problem> {
    if let Some(Place { file, line, .. }) = found.first() {
        plan.by_hand.push(format!(
            "{file}:{line}: `unsafe` can forge a proof: move it into a crate of its own, then run the command again"
        ));
        return Ok(());
    }
    let own = manifest::open(plan, &service.package.manifest)?;
    let shared = manifest::open(plan, &service.workspace.root.join("Cargo.toml"))?;
    match level(own.as_table(), shared.as_table(), LINT).as_deref() {
        Some("deny" | "forbid") => return Ok(()),
        Some(other) => plan.by_hand.push(format!(
            "{}: `{LINT}` is \"{other}\": delete it, the roots of the service deny it",
            service.shown(&service.package.manifest)
        )),
        None => {}
    }
    for target in service.package.targets.iter().filter(|target| !target.test) {
        let Some(text) = plan.read(&target.root)? else { continue };
        let denied =
            |text: &str| syn::parse_file(text).is_ok_and(|file| denies(&file.attrs, LINT, &["deny", "forbid"]));
        if denied(&text) {
            continue;
        }
        let after = with_attribute(&text);
        if denied(&after) {
            plan.change(target.root.clone(), Some(&text), after);
        } else {
            plan.by_hand.push(format!("{}: add `{ATTRIBUTE}` at the top", service.shown(&target.root)));
        }
    }
    Ok(())
}

/// Inserts the attribute behind the attributes and the documentation of the file.
///
/// Without them, it is inserted behind a comment at the top that is followed by an empty line.
fn with_attribute(text: &str) -> String {
    let Ok(file) = syn::parse_file(text) else { return text.to_owned() };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let documented = file.attrs.last().map(|last| last.span().end().line);
    let at = documented.unwrap_or_else(|| {
        let start = usize::from(file.shebang.is_some());
        let comment = lines[start.min(lines.len())..].iter().take_while(|line| is_comment(line)).count();
        // A comment directly above an item belongs to the item.
        let alone = lines.get(start + comment).is_none_or(|line| line.trim().is_empty());
        if alone { (start + comment).min(lines.len()) } else { start }
    });
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut before = lines[..at].concat();
    if !before.is_empty() && !before.ends_with('\n') {
        before += ending;
    }
    // An empty line separates documentation, attributes and code.
    let is_doc = lines.get(at.saturating_sub(1)).is_some_and(|line| line.trim_start().starts_with("//"));
    let gap = if at > 0 && is_doc { ending } else { "" };
    let after = lines[at..].concat();
    let rest = if after.is_empty() || after.starts_with(['\n', '\r']) { "" } else { ending };
    format!("{before}{gap}{ATTRIBUTE}{ending}{rest}{after}")
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//") && !line.starts_with("///") && !line.starts_with("//!")
}
