//! Finds the prefixes of routers that are nested in others.

use super::functions::{Functions, Id};
use crate::scan::{Mount, Part, PartOf, Within};
use std::collections::{BTreeMap, BTreeSet};

/// A router, by the function that returns it or by the variable that holds it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Router {
    Function(Id),
    /// By the number of its file, the number of its function in the file, and its name.
    Variable(usize, Option<usize>, String),
}

impl Router {
    /// Returns the router that becomes a part of another one.
    pub(super) fn of(file: usize, part: &Part, functions: &Functions<'_>) -> Option<Self> {
        match &part.of {
            PartOf::Function(path) => functions.find(path).map(Self::Function),
            PartOf::Variable(name) => Some(Self::Variable(file, part.within.function, name.clone())),
        }
    }

    pub(super) fn function(file: usize, within: &Within) -> Option<Self> {
        within.function.map(|number| Self::Function((file, number)))
    }

    pub(super) fn variable(file: usize, within: &Within) -> Option<Self> {
        within.variable.clone().map(|name| Self::Variable(file, within.function, name))
    }
}

/// The prefixes of each router of the workspace. A router that is nested twice has two.
pub(super) struct Prefixes<'s> {
    /// The places where a router becomes a part of another one, by the number of the file.
    parts: BTreeMap<Router, Vec<(usize, &'s Part)>>,
    found: BTreeMap<Router, BTreeSet<String>>,
}

impl<'s> Prefixes<'s> {
    /// Follows routers through `merge` and `nest`, across functions and variables.
    pub(super) fn collect(functions: &Functions<'s>) -> Self {
        let mut parts: BTreeMap<Router, Vec<(usize, &Part)>> = BTreeMap::new();
        for (file, scan) in functions.scans.iter().enumerate() {
            for part in scan.parts.iter().filter(|part| !part.test) {
                // `app = app.merge(..)` is the same router.
                let router = Router::of(file, part, functions);
                if let Some(router) =
                    router.filter(|router| Some(router) != Router::variable(file, &part.within).as_ref())
                {
                    parts.entry(router).or_default().push((file, part));
                }
            }
        }
        let mut prefixes = Self { parts, found: BTreeMap::new() };
        let routers: Vec<Router> = prefixes.parts.keys().cloned().collect();
        for router in routers {
            prefixes.find(&router, &mut Vec::new());
        }
        prefixes
    }

    /// `open` has the routers that the search came through, because two functions may call each
    /// other.
    fn find(&mut self, router: &Router, open: &mut Vec<Router>) -> BTreeSet<String> {
        if let Some(found) = self.found.get(router) {
            return found.clone();
        }
        if open.contains(router) {
            return BTreeSet::new();
        }
        open.push(router.clone());
        let mut found = BTreeSet::new();
        for (file, part) in self.parts.get(router).cloned().unwrap_or_default() {
            let outer = match self.router_around(file, &part.within) {
                Some(around) => self.find(&around, open),
                None => BTreeSet::from([String::new()]),
            };
            found.extend(outer.into_iter().map(|outer| outer + &part.prefix));
        }
        open.pop();
        if found.is_empty() {
            found.insert(String::new());
        }
        self.found.insert(router.clone(), found.clone());
        found
    }

    /// Returns the router around a place, if it is a part of another one.
    fn router_around(&self, file: usize, within: &Within) -> Option<Router> {
        let routers = [Router::variable(file, within), Router::function(file, within)];
        routers.into_iter().flatten().find(|router| self.parts.contains_key(router))
    }

    /// Returns the prefixes of a mounted handler.
    pub(super) fn of(&self, file: usize, mount: &Mount) -> BTreeSet<String> {
        let around = self.router_around(file, &mount.within).and_then(|router| self.found.get(&router));
        let outer = around.cloned().unwrap_or_else(|| BTreeSet::from([String::new()]));
        outer.into_iter().map(|outer| outer + &mount.prefix).collect()
    }
}

/// Joins a prefix and a path as axum does.
pub(super) fn joined(prefix: &str, path: &str) -> String {
    if path == "/" && !prefix.is_empty() { prefix.to_owned() } else { format!("{prefix}{path}") }
}
