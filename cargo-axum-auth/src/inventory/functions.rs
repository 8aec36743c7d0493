//! Finds functions by their paths, across all files.

use super::extensions::same;
use crate::names::Parts;
use crate::scan::{FileScan, Function, Occurrence, ResolvedPath, TypeTree, Value, What};
use std::collections::{BTreeMap, BTreeSet};

/// A function, by the number of its file and its number in the file.
pub(crate) type Id = (usize, usize);

/// The functions of the workspace.
pub(crate) struct Functions<'s> {
    pub(super) scans: &'s [&'s FileScan],
    by_path: BTreeMap<Parts, Id>,
    /// The methods of each name.
    methods: BTreeMap<&'s str, Vec<Id>>,
    /// The functions that a function names.
    uses: BTreeMap<Id, BTreeSet<Id>>,
}

/// A shorter name of a method is often that of a method of another crate.
const TELLING: usize = 6;

impl<'s> Functions<'s> {
    pub(crate) fn collect(scans: &'s [&'s FileScan]) -> Self {
        let mut functions = Self { scans, by_path: BTreeMap::new(), methods: BTreeMap::new(), uses: BTreeMap::new() };
        for (file, scan) in scans.iter().enumerate() {
            for (number, function) in scan.functions.iter().enumerate() {
                let id = (file, number);
                functions.by_path.extend(function.paths.iter().map(|path| (path.clone(), id)));
                if function.method {
                    functions.methods.entry(&function.name).or_default().push(id);
                }
            }
        }
        for (file, scan) in scans.iter().enumerate() {
            for Occurrence { function, what, .. } in &scan.occurrences {
                if let (Some(number), Some(used)) = (function, functions.used(what)) {
                    functions.uses.entry((file, *number)).or_default().insert(used);
                }
            }
        }
        functions
    }

    pub(crate) fn get(&self, (file, number): Id) -> &'s Function {
        &self.scans[file].functions[number]
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (Id, &'s Function)> {
        let scans = self.scans.iter().enumerate();
        scans.flat_map(|(file, scan)| scan.functions.iter().enumerate().map(move |(n, f)| ((file, n), f)))
    }

    /// Finds the function that a path means.
    pub(crate) fn find(&self, path: &ResolvedPath) -> Option<Id> {
        path.0.iter().find_map(|path| self.by_path.get(path).copied())
    }

    /// Returns the functions that a function names, directly or through others, and itself.
    pub(super) fn reached(&self, from: Id) -> BTreeSet<Id> {
        self.reached_through(from, |_| true)
    }

    /// Returns the functions that a function passes the request to, directly or through others.
    pub(super) fn reached_with_the_request(&self, from: Id) -> BTreeSet<Id> {
        self.reached_through(from, Function::takes_request)
    }

    fn reached_through(&self, from: Id, through: impl Fn(&Function) -> bool) -> BTreeSet<Id> {
        let (mut reached, mut open) = (BTreeSet::from([from]), vec![from]);
        while let Some(id) = open.pop() {
            for used in self.uses.get(&id).into_iter().flatten() {
                if through(self.get(*used)) && reached.insert(*used) {
                    open.push(*used);
                }
            }
        }
        reached
    }

    /// Whether a function has this word, or a function that uses it.
    pub(super) fn mention(&self, id: Id, name: &str) -> bool {
        let mut naming = self.all().filter(|(_, function)| function.mentions(name));
        naming.any(|(user, _)| self.reached(user).contains(&id))
    }

    /// Finds a method by the type or the constructor that its receivers begin with.
    fn method(&self, root: &ResolvedPath, name: &str) -> Option<Id> {
        let owners = root.0.iter().flat_map(|path| [Some(&path[..]), path.split_last().map(|(_, of)| of)]).flatten();
        owners.map(|of| [of, &[name.to_owned()]].concat()).find_map(|path| self.by_path.get(&path).copied())
    }

    /// Returns the function that a path or a method names.
    pub(crate) fn used(&self, what: &What) -> Option<Id> {
        match what {
            What::Path { meant, .. } => self.find(meant),
            What::Method { name, root: Some(root), .. } if self.method(root, name).is_some() => self.method(root, name),
            What::Method { name, .. } if name.len() >= TELLING => match self.methods.get(name.as_str())?[..] {
                [only] => Some(only),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns the type of a value, if it is known.
    pub(crate) fn type_of(&self, value: &Value) -> Option<TypeTree> {
        match value {
            Value::Type(tree) => Some(tree.referent().clone()),
            Value::Made(path) => self.made_by(path),
            Value::Method(name) => {
                let results = self.methods.get(name.as_str())?.iter().map(|id| self.result_of(*id));
                let results: Option<Vec<TypeTree>> = results.collect();
                let mut results = results?.into_iter();
                let first = results.next()?;
                results.all(|other| same(&first, &other)).then_some(first)
            }
            Value::Within(wrapper, value) => {
                let inner = self.type_of(value)?;
                Some(TypeTree { inner: vec![inner], ..TypeTree::plain(wrapper.0.clone()) })
            }
            Value::Unknown => None,
        }
    }

    fn made_by(&self, path: &ResolvedPath) -> Option<TypeTree> {
        let Some(id) = self.find(path) else {
            // A constructor of a type whose code is not read.
            let owners = path.0.iter().filter_map(|path| path.split_last()).map(|(_, of)| of.to_vec());
            let types: Vec<Parts> = owners.filter(|of| is_type(of)).collect();
            return (!types.is_empty()).then(|| TypeTree::plain(types));
        };
        self.result_of(id)
    }

    /// Returns the type of a function's result, without the `Result` or the `Option` around it.
    fn result_of(&self, id: Id) -> Option<TypeTree> {
        let function = self.get(id);
        let output = function.output.as_ref()?.success().success();
        if output.path().is_some_and(|path| path.is("Self")) {
            let owners = function.paths.iter().filter_map(|path| path.split_last()).map(|(_, of)| of.to_vec());
            return Some(TypeTree::plain(owners.collect()));
        }
        Some(output.clone())
    }
}

fn is_type(path: &[String]) -> bool {
    path.last().is_some_and(|last| last.starts_with(char::is_uppercase))
}
