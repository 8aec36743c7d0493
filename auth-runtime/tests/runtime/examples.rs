//! Each public type has an example, or names the item whose example uses it.

use super::root::{exported, parsed, public_paths};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const CRATES: [&str; 4] = ["auth-base", "auth-events", "auth-runtime", "auth-testkit"];

/// The names of the types in the documentation of the published crates.
fn public_types() -> BTreeSet<String> {
    let of_kit = |file| exported(&parsed(&workspace().join("auth-testkit/src").join(file))).0;
    let paths = public_paths().into_iter().map(|(name, _)| name);
    let names = paths.chain(of_kit("lib.rs")).chain(of_kit("lock/mod.rs"));
    // Functions and modules begin with a small letter, and constants have no small one.
    let is_type = |name: &String| name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
    names.filter(is_type).collect()
}

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(fs::read_to_string(path).expect("a readable file"));
        }
    }
}

/// The types that a file declares, each with the lines above it, back to an empty one.
fn declared(source: &str) -> Vec<(&str, Vec<&str>)> {
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    let name = |line: &str| -> Option<usize> {
        let words = ["pub struct ", "pub enum ", "pub trait ", "pub type "];
        words.iter().find(|word| line.starts_with(**word)).map(|word| word.len())
    };
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(start) = name(line) else { continue };
        let rest = &line[start..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let above = lines[..at].iter().rev().take_while(|line| !line.is_empty());
        found.push((&rest[..end], above.copied().collect()));
    }
    found
}

fn has_example(above: &[&str]) -> bool {
    above.iter().any(|line| line.starts_with("/// ```") || line.contains("has an example") || *line == "#[doc(hidden)]")
}

#[test]
fn each_public_type_has_an_example() {
    let mut files = Vec::new();
    for name in CRATES {
        sources(&workspace().join(name).join("src"), &mut files);
    }
    let types: Vec<_> = files.iter().flat_map(|file| declared(file)).collect();
    let public = public_types();
    assert!(public.len() > 120, "only {} types", public.len());
    let found = |name: &str| types.iter().filter(|of| of.0 == name).collect::<Vec<_>>();
    let unknown: Vec<_> = public.iter().filter(|name| found(name).is_empty()).collect();
    assert!(unknown.is_empty(), "this test does not find their declarations: {unknown:?}");
    // An internal type may have the name of a public one of another crate.
    let without = |name: &&String| !found(name).iter().any(|of| has_example(&of.1));
    let without: Vec<_> = public.iter().filter(without).collect();
    assert!(without.is_empty(), "add an example, or name the item that has one: {without:?}");
}

#[test]
fn a_type_without_an_example_is_found() {
    let source = "/// A.\n/// ```\n#[derive(Debug)]\npub struct A<T>(T);\n\n/// B.\npub enum B {}\n";
    let found = declared(source);
    assert_eq!(found.iter().map(|of| (of.0, has_example(&of.1))).collect::<Vec<_>>(), [("A", true), ("B", false)]);
}
