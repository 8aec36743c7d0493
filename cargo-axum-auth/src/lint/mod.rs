//! `cargo axum-auth lint`: the side doors that types cannot see.

mod allowances;
mod doors;
mod extractors;
mod handlers;
mod manifest;
mod objects;
pub(crate) mod rules;
mod soft;

use crate::names::Names;
use crate::problem::Problem;
use crate::scan::{self, FileScan, Occurrence, Place, What};
use crate::sources::{Sources, Unreadable};
use crate::workspace::Workspace;
use extractors::Extractors;
use rules::{Level, Rule};
use std::collections::BTreeSet;

pub(crate) use allowances::{Comment, allowances};

/// A place where a rule is broken.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) rule: &'static Rule,
    pub(crate) place: Place,
    /// The code that breaks the rule.
    pub(crate) item: String,
    test: bool,
}

/// The result of the lint.
#[derive(Debug)]
pub(crate) struct Linted {
    pub(crate) findings: Vec<Finding>,
    pub(crate) unreadable: Vec<Unreadable>,
    /// The number of files that were read. None is an error.
    pub(crate) files: usize,
    /// The number of allowed findings. `review` lists their reasons.
    pub(crate) allowed: usize,
}

impl Finding {
    fn new(rule: &'static Rule, place: &Place, item: impl Into<String>, test: bool) -> Self {
        Self { rule, place: place.clone(), item: item.into(), test }
    }
}

impl Linted {
    pub(crate) fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.rule.level == level).count()
    }
}

/// Reads the selected packages and finds what the rules forbid; in tests, benchmarks and examples too if `tests` says so.
///
/// # Errors
///
/// When a manifest cannot be read. A source file that cannot be read is in [`Linted::unreadable`].
pub(crate) fn lint(workspace: &Workspace, tests: bool) -> Result<Linted, Problem> {
    let sources = Sources::read(workspace, tests);
    let names = Names::of(&sources);
    let mut findings = Vec::new();
    let mut comments: Vec<Comment> = Vec::new();
    let mut files = BTreeSet::new();
    let all = sources.crates.iter().flat_map(|krate| krate.files.iter().map(move |file| (krate, file)));
    let scans: Vec<_> = all.map(|(krate, file)| (krate, file, scan::scan(file, &names))).collect();
    let of_all: Vec<&FileScan> = scans.iter().map(|(.., scan)| scan).collect();
    let extractors = Extractors::collect(&of_all, |scan, of| soft::goes_on(scan, of, &Extractors::default()).is_some());
    let gates = doors::Gates::collect(&of_all);
    for (krate, file, scan) in scans.iter().filter(|(krate, file, _)| krate.package.selected && (tests || !file.test)) {
        doors::find(scan, &names, &gates, &mut findings);
        handlers::find(scan, &mut findings);
        objects::find(scan, &extractors, &mut findings);
        soft::find(scan, &extractors, &mut findings);
        if krate.package.holds_proofs() {
            beside_proofs(scan, &mut findings);
        }
        if files.insert(file.shown.clone()) {
            comments.extend(allowances(&file.shown, &file.text, "//"));
        }
    }
    for package in workspace.packages.iter().filter(|package| package.selected) {
        manifest::find(workspace, package, &sources, &mut findings, &mut comments)?;
    }
    findings.retain(|finding| tests || !finding.test);
    findings.sort_by(|a, b| (&a.place, a.rule.id).cmp(&(&b.place, b.rule.id)));
    // One line, one finding of a kind: a chain of methods on a router is one router.
    findings.dedup_by(|a, b| (&a.place.file, a.place.line, a.rule.id) == (&b.place.file, b.place.line, b.rule.id));
    let allowed = allowances::apply(&mut findings, &comments);
    Ok(Linted { findings, unreadable: sources.unreadable, files: files.len(), allowed })
}

/// Checks crates that hold proofs: no code may forge a proof or drop a decision.
fn beside_proofs(scan: &FileScan, findings: &mut Vec<Finding>) {
    for Occurrence { place, test, what, .. } in &scan.occurrences {
        match what {
            What::Unsafe(at) => findings.push(Finding::new(&rules::UNSAFE_CODE, place, *at, *test)),
            // `unused` is the group that it belongs to.
            What::Relaxed(lint) if lint == "unused_must_use" || lint == "unused" => {
                let item = format!("`{lint}` is allowed here");
                findings.push(Finding::new(&rules::MUST_USE_NOT_DENIED, place, item, *test));
            }
            What::Relaxed(lint) if lint == "unsafe_code" => {
                let item = format!("`{lint}` is allowed here");
                findings.push(Finding::new(&rules::UNSAFE_NOT_DENIED, place, item, *test));
            }
            _ => {}
        }
    }
}
