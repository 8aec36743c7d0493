//! Runs the review of the selected packages.

use super::entry::{Entry, Reviewed};
use super::kinds::Kind;
use super::reasons::Reasons;
use super::{age, code};
use crate::base::Workspace;
use crate::lint::{Comment, allowances};
use crate::names::Names;
use crate::scan::scan;
use crate::sources::Sources;
use std::collections::BTreeSet;

/// Reads the selected packages; asks git for ages if `blame` says so.
pub(crate) fn review(workspace: &Workspace, tests: bool, blame: bool) -> Reviewed {
    let sources = Sources::read(workspace, tests);
    let names = Names::of(&sources);
    let all = sources.crates.iter().flat_map(|krate| krate.files.iter().map(move |file| (krate, file)));
    let scans: Vec<_> = all.map(|(krate, file)| (krate, file, scan(file, &names))).collect();
    let reasons = Reasons::collect(scans.iter().map(|(.., scan)| scan), &names);
    let (mut entries, mut files) = (Vec::new(), BTreeSet::new());
    for (_, file, scan) in scans.iter().filter(|(krate, file, _)| krate.package.selected && (tests || !file.test)) {
        // Two programs may share a file.
        if files.insert(file.shown.clone()) {
            code::find(scan, tests, &reasons, &mut entries);
            entries.extend(allowances(&file.shown, &file.text, "//").iter().map(allowed));
        }
    }
    for package in workspace.packages.iter().filter(|package| package.selected) {
        // Cargo has read the manifest before, and reports its errors.
        let text = std::fs::read_to_string(&package.manifest).unwrap_or_default();
        entries.extend(allowances(&workspace.shown(&package.manifest), &text, "#").iter().map(allowed));
    }
    entries.sort_by(|a, b| (a.kind, &a.place).cmp(&(b.kind, &b.place)));
    entries.dedup_by(|a, b| (a.kind, &a.place, &a.item) == (b.kind, &b.place, &b.item));
    if blame {
        age::tell(&workspace.root, &mut entries);
    }
    Reviewed { entries, unreadable: sources.unreadable, files: files.len() }
}

fn allowed(comment: &Comment) -> Entry {
    let (item, reason, defect) = match comment.allowance() {
        Ok(allowance) => {
            let rules: Vec<&str> = allowance.rules.iter().map(|rule| rule.id).collect();
            (rules.join(", "), Some(allowance.reason), None)
        }
        Err(why) => (comment.text.clone(), None, Some(why)),
    };
    Entry { kind: Kind::Allowance, place: comment.place.clone(), item, reason, defect, age: None }
}
