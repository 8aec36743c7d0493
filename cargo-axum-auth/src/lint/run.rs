//! Runs all rules on the selected packages.

use super::allowances::{self, Comment, allowances};
use super::caller_types::CallerTypes;
use super::extractors::Extractors;
use super::finding::Linted;
use super::relaxed::beside_proofs;
use super::{
    doors, extensions, habits, handlers, manifest, objects, open_services, optional, permits, public_subjects, soft,
    webhooks,
};
use crate::base::{Package, Problem, Workspace};
use crate::inventory::{AllEvidence, Extensions, Functions};
use crate::names::Names;
use crate::scan::{self, FileScan};
use crate::sources::{Crate, SourceFile, Sources};
use std::collections::BTreeSet;

/// Reads the selected packages and finds broken rules.
///
/// Tests, benchmarks and examples are read only if `tests` is true.
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
    let askers = open_services::Askers::collect(&of_all);
    let functions = Functions::collect(&of_all);
    let (callers, literals) = (CallerTypes::collect(&of_all), habits::Literals::collect(&of_all));
    let fields = permits::Fields::collect(&of_all);
    let public_handlers = webhooks::PublicHandlers::collect(&of_all);
    let on_runtime = workspace.packages.iter().any(Package::holds_proofs);
    let in_extensions = Extensions::collect(&functions, &AllEvidence::collect(&functions));
    let selected = |krate: &Crate<'_>, file: &SourceFile| krate.package.selected && (tests || !file.test);
    for (number, (krate, file, scan)) in scans.iter().enumerate().filter(|(_, (krate, file, _))| selected(krate, file))
    {
        doors::find(scan, &names, &gates, &mut findings);
        handlers::find(scan, &mut findings);
        objects::find(scan, &extractors, &mut findings);
        open_services::find(scan, &askers, &mut findings);
        soft::find(scan, &extractors, &mut findings);
        optional::find(scan, &mut findings);
        habits::find(scan, &callers, &literals, &mut findings);
        permits::find(scan, &fields, &mut findings);
        public_subjects::find(scan, &fields, &mut findings);
        webhooks::find(number, scan, &functions, &public_handlers, &mut findings);
        if krate.package.holds_proofs() {
            beside_proofs(scan, &of_all, &functions, &mut findings);
        }
        // A layer around the router may be in a package that does not depend on `auth-runtime`.
        if on_runtime {
            extensions::find(number, &names, &functions, &in_extensions, &mut findings);
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
