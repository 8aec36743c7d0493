//! Resolves paths through the modules of all crates.

use super::scope::{Parts, Scope, plain};
use crate::sources::Sources;
use std::cell::Cell;
use std::collections::BTreeMap;
use syn::Item;

/// The modules of all crates.
#[derive(Default)]
pub(crate) struct Names {
    modules: BTreeMap<Parts, Scope>,
    /// For each crate, the names of other crates in its code.
    externs: BTreeMap<String, BTreeMap<String, String>>,
    /// How many steps the path that is being resolved may still take.
    steps: Cell<u32>,
}

/// Where a path is written.
#[derive(Clone, Copy)]
pub(crate) struct Here<'a> {
    pub(crate) module: &'a [String],
    /// The blocks around it, the innermost last.
    pub(crate) blocks: &'a [Scope],
}

/// A longer chain of `use` is a circle.
const DEPTH: usize = 24;

/// The limit of steps, because globs over globs branch.
const STEPS: u32 = 10_000;

impl Names {
    /// Collects the modules of all crates that were read.
    pub(crate) fn of(sources: &Sources<'_>) -> Self {
        let mut names = Self::default();
        for krate in &sources.crates {
            for file in &krate.files {
                names.externs.entry(file.module[0].clone()).or_insert_with(|| krate.package.externs.clone());
                names.module(&file.module, &file.syntax.items);
            }
        }
        names
    }

    fn module(&mut self, path: &[String], items: &[Item]) {
        let scope = self.modules.entry(path.to_owned()).or_default();
        for item in items {
            scope.declare(item);
        }
        for item in items {
            if let Item::Mod(module) = item
                && let Some((_, items)) = &module.content
            {
                let mut path = path.to_owned();
                path.push(plain(&module.ident));
                self.module(&path, items);
            }
        }
    }

    /// Returns all meanings of a path at its place, or the path as written.
    pub(crate) fn resolve(&self, here: Here<'_>, path: &[String]) -> Vec<Parts> {
        let mut found = Vec::new();
        self.steps.set(STEPS);
        self.written(here, path, DEPTH, &mut found);
        if found.is_empty() {
            found.push(path.iter().map(|part| part.trim_start_matches(':').to_owned()).collect());
        }
        found.sort();
        found.dedup();
        found
    }

    /// Returns the alias that a path may mean, and its module.
    ///
    /// The module is `None` for an alias in the scope of the path.
    pub(crate) fn type_alias<'n>(&'n self, here: Here<'n>, path: &[String]) -> Option<(&'n syn::ItemType, Here<'n>)> {
        if let [name] = path
            && let Some(found) = here.blocks.iter().rev().find_map(|scope| scope.types.get(name))
        {
            return Some((found, here));
        }
        self.resolve(here, path).iter().find_map(|parts| {
            let (name, module) = parts.split_last()?;
            let (module, scope) = self.modules.get_key_value(module)?;
            Some((scope.types.get(name)?, Here { module, blocks: &[] }))
        })
    }

    /// The crates that were read.
    pub(crate) fn crates(&self) -> impl Iterator<Item = &str> {
        self.externs.keys().map(String::as_str)
    }

    /// Whether the code of a crate was read.
    pub(crate) fn is_ours(&self, crate_: &str) -> bool {
        self.externs.contains_key(crate_)
    }

    fn written(&self, here: Here<'_>, path: &[String], depth: usize, found: &mut Vec<Parts>) {
        let Some((first, rest)) = path.split_first() else { return };
        if depth == 0 {
            return;
        }
        let crate_ = &here.module[..1];
        let join = |base: &[String], rest: &[String]| [base, rest].concat();
        match first.as_str() {
            "crate" => return self.absolute(&join(crate_, rest), depth, found),
            "self" => return self.absolute(&join(here.module, rest), depth, found),
            "super" => {
                let above = &here.module[..here.module.len().saturating_sub(1).max(1)];
                // `super::super::` is written in the module above.
                let blocks = &[];
                if rest.first().is_some_and(|part| part == "super") {
                    self.written(Here { module: above, blocks }, rest, depth - 1, found);
                } else {
                    self.absolute(&join(above, rest), depth, found);
                }
                return;
            }
            _ => {}
        }
        if let Some(name) = first.strip_prefix("::") {
            return self.external(&here.module[0], name, rest, depth, found);
        }
        for scope in here.blocks.iter().rev().chain(self.modules.get(here.module)) {
            if self.declared(scope, here, path, depth, found) {
                return;
            }
        }
        self.external(&here.module[0], first, rest, depth, found);
    }

    /// Collects the meanings of a path in one scope.
    ///
    /// Returns true when the scope declares the first name, because it hides the outer scopes.
    fn declared(&self, scope: &Scope, here: Here<'_>, path: &[String], depth: usize, found: &mut Vec<Parts>) -> bool {
        let (first, rest) = (&path[0], &path[1..]);
        if depth == 0 || self.steps.get() == 0 {
            return true;
        }
        self.steps.set(self.steps.get() - 1);
        let own = scope.own.contains(first);
        if own {
            self.absolute(&[here.module, path].concat(), depth, found);
        }
        // By its own name too, because the alias has arguments that its path does not have.
        if rest.is_empty() && scope.types.contains_key(first) {
            found.push([here.module, path].concat());
        }
        // Beside an own one too: `mod serve; use serve::serve;` are two names in two namespaces.
        let targets = scope.stand_for.get(first);
        for target in targets.into_iter().flatten() {
            if &target[0] != first {
                self.written(here, &[target.as_slice(), rest].concat(), depth - 1, found);
            } else if own {
                self.absolute(&[here.module, target, rest].concat(), depth - 1, found);
            } else {
                // `use axum;` stands for itself.
                self.external(&here.module[0], first, &[&target[1..], rest].concat(), depth - 1, found);
            }
        }
        if own || targets.is_some() {
            return true;
        }
        for glob in &scope.globs {
            let mut bases = Vec::new();
            // A third of the steps, because globs over globs grow exponentially.
            self.written(here, glob, depth / 3, &mut bases);
            bases.sort();
            bases.dedup();
            for base in bases {
                match self.modules.get(&base) {
                    // A module that was read has only the names that it declares.
                    Some(inner) if base != here.module => {
                        let there = Here { module: &base, blocks: &[] };
                        self.declared(inner, there, path, depth - 1, found);
                    }
                    Some(_) => {}
                    None => found.push([base.as_slice(), path].concat()),
                }
            }
        }
        false
    }

    fn external(&self, crate_: &str, name: &str, rest: &[String], depth: usize, found: &mut Vec<Parts>) {
        let Some(real) = self.externs.get(crate_).and_then(|externs| externs.get(name)) else { return };
        let path = [std::slice::from_ref(real), rest].concat();
        self.absolute(&path, depth, found);
    }

    /// Follows re-exports from a crate, in modules that were read.
    fn absolute(&self, path: &[String], depth: usize, found: &mut Vec<Parts>) {
        if depth == 0 {
            return;
        }
        let module = (1..=path.len()).rev().map(|n| &path[..n]).find(|prefix| self.modules.contains_key(*prefix));
        let Some(module) = module.filter(|module| module.len() < path.len()) else {
            found.push(path.to_owned());
            return;
        };
        let (scope, rest) = (&self.modules[module], &path[module.len()..]);
        if scope.own.contains(&rest[0]) && !scope.stand_for.contains_key(&rest[0]) {
            found.push(path.to_owned());
            return;
        }
        // By the name that it has for its users too: `auth_runtime::Rule` is known by that,
        // wherever it is written.
        found.push(path.to_owned());
        self.declared(scope, Here { module, blocks: &[] }, rest, depth - 1, found);
    }
}
