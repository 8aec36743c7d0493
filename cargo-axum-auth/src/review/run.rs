//! `cargo axum-auth review`: lists the code that a security review reads.
//!
//! The lint finds errors. The review lists decisions, because only a person can judge whether they are right.

mod age;
mod code;
mod kinds;
mod reasons;
mod weakening;

pub(crate) use age::Age;
pub(crate) use kinds::Kind;

use crate::lint::{Comment, allowances};
use crate::names::Names;
use crate::scan::{Place, scan};
use crate::sources::{Sources, Unreadable};
use crate::workspace::Workspace;
use reasons::Reasons;
use std::collections::BTreeSet;

/// A decision, and its place.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    /// Its name.
    pub(crate) item: String,
    /// The reason in the code.
    pub(crate) reason: Option<String>,
    /// An error that needs no review, such as a missing reason.
    pub(crate) defect: Option<String>,
    /// Its age, if git knows the file.
    pub(crate) age: Option<Age>,
}

/// The result of a review.
#[derive(Debug)]
pub(crate) struct Reviewed {
    /// By kind, then by place.
    pub(crate) entries: Vec<Entry>,
    pub(crate) unreadable: Vec<Unreadable>,
    pub(crate) files: usize,
}

impl Reviewed {
    /// The number of entries with an error.
    pub(crate) fn defects(&self) -> usize {
        self.entries.iter().filter(|entry| entry.defect.is_some()).count()
    }
}

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
