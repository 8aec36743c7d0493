//! Follows `mod name;`, `#[path]` and `include!` from the root of a crate.

use super::attributes::{attributes_of, is_test, paths};
use super::{SourceFile, Unreadable};
use crate::base::Workspace;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::{Item, ItemMod};

/// The files of one crate, as they are found.
pub(super) struct Follow<'a> {
    workspace: &'a Workspace,
    /// All files of the package that were opened.
    seen: &'a mut BTreeSet<PathBuf>,
    unreadable: &'a mut Vec<Unreadable>,
    /// The files of this crate, because a `#[path]` may lead back to one of them.
    opened: BTreeSet<PathBuf>,
    pub(super) files: Vec<SourceFile>,
}

/// The folders in which the modules of a file are.
struct Around<'a> {
    /// The file that declares them, as reports show it.
    shown: &'a str,
    /// `src/a` for `src/a.rs`, `src` for `src/lib.rs`.
    children: PathBuf,
    /// The folder to which `#[path]` is relative.
    paths: PathBuf,
    module: Vec<String>,
    test: bool,
}

impl<'a> Follow<'a> {
    pub(super) fn new(
        workspace: &'a Workspace,
        seen: &'a mut BTreeSet<PathBuf>,
        unreadable: &'a mut Vec<Unreadable>,
    ) -> Self {
        Self { workspace, seen, unreadable, opened: BTreeSet::new(), files: Vec::new() }
    }

    /// Reads the root of a crate.
    pub(super) fn root(&mut self, path: &Path, module: Vec<String>, test: bool) {
        let directory = parent(path);
        self.file(path, module, &directory, test);
    }

    fn file(&mut self, path: &Path, module: Vec<String>, children: &Path, test: bool) {
        let path = tidy(path);
        self.seen.insert(path.clone());
        if !self.opened.insert(path.clone()) {
            return;
        }
        let shown = self.workspace.shown(&path);
        let source = match std::fs::read_to_string(&path) {
            Ok(source) => source,
            Err(error) => return self.unreadable(&shown, 1, error.to_string()),
        };
        let syntax = match syn::parse_file(&source) {
            Ok(syntax) => syntax,
            Err(error) => {
                return self.unreadable(&shown, error.span().start().line, format!("does not parse: {error}"));
            }
        };
        let test = test || is_test(&syntax.attrs);
        let around =
            Around { shown: &shown, children: children.to_owned(), paths: parent(&path), module: module.clone(), test };
        self.items(&syntax.items, &around);
        self.files.push(SourceFile { shown, text: source, syntax, module, test });
    }

    fn items(&mut self, items: &[Item], around: &Around<'_>) {
        for item in items {
            let test = around.test || is_test(attributes_of(item));
            match item {
                Item::Mod(module) => self.module(module, test, around),
                Item::Macro(call) if call.mac.path.is_ident("include") => {
                    // The output of a build script is not read. `review` lists it.
                    if let Ok(name) = call.mac.parse_body::<syn::LitStr>() {
                        let path = around.paths.join(name.value());
                        self.file(&path, around.module.clone(), &around.children, test);
                    }
                }
                _ => {}
            }
        }
    }

    fn module(&mut self, module: &ItemMod, test: bool, around: &Around<'_>) {
        let name = module.ident.to_string();
        let name = name.trim_start_matches("r#");
        let mut path = around.module.clone();
        path.push(name.to_owned());
        let named = paths(&module.attrs);
        if let Some((_, items)) = &module.content {
            let children = named.first().map_or_else(|| around.children.join(name), |named| around.paths.join(named));
            let paths = children.clone();
            return self.items(items, &Around { shown: around.shown, children, paths, module: path, test });
        }
        let named: Vec<PathBuf> = named.iter().map(|named| around.paths.join(named)).filter(|p| p.exists()).collect();
        for file in &named {
            self.file(file, path.clone(), &parent(file), test);
        }
        let (flat, nested) = (around.children.join(format!("{name}.rs")), around.children.join(name).join("mod.rs"));
        if flat.exists() {
            self.file(&flat, path, &around.children.join(name), test);
        } else if nested.exists() {
            self.file(&nested, path, &around.children.join(name), test);
        } else if named.is_empty() {
            let line = module.mod_token.span().start().line;
            self.unreadable(around.shown, line, format!("`mod {name}` has no file"));
        }
    }

    fn unreadable(&mut self, file: &str, line: usize, why: String) {
        self.unreadable.push(Unreadable { file: file.to_owned(), line, why });
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
}

/// Removes the `..` that `#[path = "../shared.rs"]` leaves.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => drop(tidy.pop()),
            std::path::Component::CurDir => {}
            part => tidy.push(part),
        }
    }
    tidy
}
