//! `cargo axum-auth review`: every place that a security review has to read.
//!
//! The lint says what is wrong; this says where somebody has decided. A decision is right or not, and a person has to look.

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

/// A decision, and where it was taken.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    /// What it is called.
    pub(crate) item: String,
    /// Why, in the words that stand there.
    pub(crate) reason: Option<String>,
    /// What is wrong with it at the first glance.
    pub(crate) loud: Option<String>,
    /// Since when, if git knows.
    pub(crate) age: Option<Age>,
}

/// What there is to read.
#[derive(Debug)]
pub(crate) struct Reviewed {
    /// By kind, then by place.
    pub(crate) entries: Vec<Entry>,
    pub(crate) unreadable: Vec<Unreadable>,
    pub(crate) files: usize,
}

impl Reviewed {
    /// How many places don't wait for a review to be seen as wrong.
    pub(crate) fn loud(&self) -> usize {
        self.entries.iter().filter(|entry| entry.loud.is_some()).count()
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
        // A file that two programs share is one to read.
        if files.insert(file.shown.clone()) {
            code::find(scan, tests, &reasons, &mut entries);
            entries.extend(allowances(&file.shown, &file.text, "//").iter().map(allowed));
        }
    }
    for package in workspace.packages.iter().filter(|package| package.selected) {
        // A manifest that can't be read is cargo's to report: it was asked first.
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
    let (item, reason, loud) = match comment.allowance() {
        Ok(allowance) => {
            let rules: Vec<&str> = allowance.rules.iter().map(|rule| rule.id).collect();
            (rules.join(", "), Some(allowance.reason), None)
        }
        Err(why) => (comment.text.clone(), None, Some(why)),
    };
    Entry { kind: Kind::Allowance, place: comment.place.clone(), item, reason, loud, age: None }
}
