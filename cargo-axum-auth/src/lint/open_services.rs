//! Finds public services whose handlers ask for a caller: gRPC, MCP, GraphQL.

use super::Finding;
use super::rules::CALLER_OF_PUBLIC_SERVICE;
use crate::scan::{FileScan, Function, Occurrence, What};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The types and functions of the workspace by their names, as far as they concern callers.
pub(super) struct Askers<'a> {
    /// The types with a method that takes a proof from the extensions, and the functions that do.
    names: BTreeSet<&'a str>,
    /// The functions by name, because a service is often made by one.
    functions: BTreeMap<&'a str, Vec<&'a Function>>,
}

impl<'a> Askers<'a> {
    pub(super) fn collect(scans: &[&'a FileScan]) -> Self {
        let mut functions: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for function in scans.iter().flat_map(|scan| &scan.functions) {
            functions.entry(function.name.as_str()).or_default().push(function);
        }
        // Each function with the functions that name it, because a search for each asks all words.
        let mut callers: HashMap<&str, Vec<&Function>> = HashMap::new();
        for function in functions.values().flatten().copied() {
            let words: HashSet<&str> = function.body.iter().map(String::as_str).collect();
            for word in words.into_iter().filter(|word| *word != function.name && functions.contains_key(word)) {
                callers.entry(word).or_default().push(function);
            }
        }
        let mut asking: Vec<&Function> = scans.iter().flat_map(|scan| direct(scan)).collect();
        let mut names = BTreeSet::new();
        // A method may ask through a helper, and that one through another.
        while let Some(function) = asking.pop() {
            let of_a_type = type_of(function);
            if names.insert(of_a_type.unwrap_or(&function.name)) && of_a_type.is_none() {
                asking.extend(callers.get(function.name.as_str()).into_iter().flatten());
            }
        }
        Self { names, functions }
    }

    /// Returns the name in an expression that stands for a service that asks for its caller.
    fn within(&self, expression: &str, around: Option<&'a Function>) -> Option<&'a str> {
        let mut words: Vec<String> = words(expression);
        let mut seen = BTreeSet::new();
        while let Some(word) = words.pop() {
            if let Some(name) = self.names.get(word.as_str()) {
                return Some(name);
            }
            if seen.contains(&word) {
                continue;
            }
            let made_by = self.functions.get(word.as_str()).into_iter().flatten();
            words.extend(
                made_by
                    .filter(|function| !function.method)
                    .flat_map(|function| function.body.iter().cloned())
                    .chain(around.into_iter().flat_map(|around| value_of(around, &word))),
            );
            seen.insert(word);
        }
        None
    }
}

/// The functions that take a proof from the extensions.
fn direct(scan: &FileScan) -> impl Iterator<Item = &Function> {
    scan.occurrences.iter().filter_map(|occurrence| match &occurrence.what {
        What::Path { meant, .. } if meant.is("auth_runtime::services::Proven::of") => {
            occurrence.function.map(|number| &scan.functions[number])
        }
        _ => None,
    })
}

/// The name of the type whose method a function is.
fn type_of(function: &Function) -> Option<&str> {
    let path = function.paths.iter().find(|path| path.len() > 1).filter(|_| function.method)?;
    path.get(path.len() - 2).map(String::as_str)
}

/// The words of a `let` statement that binds a variable.
fn value_of(function: &Function, variable: &str) -> Vec<String> {
    let body = &function.body;
    let binds = |at: &usize| {
        let name = if body.get(at + 1).is_some_and(|token| token == "mut") { at + 2 } else { at + 1 };
        body[*at] == "let" && body.get(name).is_some_and(|token| token == variable)
    };
    (0..body.len())
        .filter(binds)
        .flat_map(|at| body[at + 2..].iter().take_while(|token| *token != ";").cloned())
        .collect()
}

fn words(expression: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    expression.split(|c| !is_word(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

pub(super) fn find<'a>(scan: &'a FileScan, askers: &Askers<'a>, findings: &mut Vec<Finding>) {
    for Occurrence { place, function, test, what, .. } in &scan.occurrences {
        let What::Method { name, arguments, .. } = what else { continue };
        if name != "public_service" {
            continue;
        }
        let around = function.map(|number| &scan.functions[number]);
        let service = arguments.get(1).and_then(|service| askers.within(service, around));
        if let Some(service) = service {
            let item = format!("`.public_service(..)`: `{service}` takes the proof of its caller");
            findings.push(Finding::new(&CALLER_OF_PUBLIC_SERVICE, place, item, *test));
        }
    }
}
