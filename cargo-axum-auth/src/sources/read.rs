//! Reads the files of all crates.

use super::follow;
use crate::base::{Package, Workspace};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A file that was read.
pub(crate) struct SourceFile {
    /// The path from the root of the workspace, as reports show it.
    pub(crate) shown: String,
    pub(crate) text: String,
    pub(crate) syntax: syn::File,
    /// The path of its module, the crate first.
    pub(crate) module: Vec<String>,
    /// Compiled for tests only.
    pub(crate) test: bool,
}

/// A file that could not be read.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Unreadable {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) why: String,
}

/// A crate: one library, program or test.
pub(crate) struct Crate<'w> {
    pub(crate) package: &'w Package,
    pub(crate) files: Vec<SourceFile>,
    /// Whether the crate has a root; false for a file without a `mod`.
    pub(crate) root: bool,
}

/// The sources of the workspace.
pub(crate) struct Sources<'w> {
    pub(crate) crates: Vec<Crate<'w>>,
    pub(crate) unreadable: Vec<Unreadable>,
}

impl<'w> Sources<'w> {
    /// Reads all packages, with tests, benchmarks and examples if `tests` is true.
    pub(crate) fn read(workspace: &'w Workspace, tests: bool) -> Self {
        let mut sources = Self { crates: Vec::new(), unreadable: Vec::new() };
        for package in &workspace.packages {
            sources.read_package(workspace, package, tests);
        }
        // Packages that are not selected only serve to resolve names, so their errors are not
        // reported.
        sources.unreadable.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        sources.unreadable.dedup_by(|a, b| (&a.file, a.line) == (&b.file, b.line));
        sources
    }

    fn read_package(&mut self, workspace: &'w Workspace, package: &'w Package, tests: bool) {
        let mut seen = BTreeSet::new();
        let (mut crates, mut unreadable) = (Vec::new(), Vec::new());
        for target in &package.targets {
            if target.test && !tests {
                continue;
            }
            let id = if target.library { target.name.clone() } else { format!("{} (program)", target.name) };
            let mut follow = follow::Follow::new(workspace, &mut seen, &mut unreadable);
            follow.root(&target.root, vec![id], target.test);
            crates.push(Crate { package, files: follow.files, root: true });
        }
        let mut left: Vec<PathBuf> =
            package.manifest.parent().map(|dir| rust_files(&dir.join("src"))).unwrap_or_default();
        left.retain(|path| !package.targets.iter().any(|target| &target.root == path));
        for path in left {
            if seen.contains(&path) {
                continue;
            }
            let id = format!("{} (no `mod` leads to it)", workspace.shown(&path));
            let mut follow = follow::Follow::new(workspace, &mut seen, &mut unreadable);
            follow.root(&path, vec![id], false);
            crates.push(Crate { package, files: follow.files, root: false });
        }
        self.crates.extend(crates);
        if package.selected {
            self.unreadable.extend(unreadable);
        }
    }
}

/// Returns all `.rs` files below a directory, sorted.
fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(directory) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(path),
                Ok(_) if path.extension().is_some_and(|extension| extension == "rs") => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}
