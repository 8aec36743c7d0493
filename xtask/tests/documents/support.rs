//! Reads documents.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The words with one space between them, because a document wraps its sentences.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The chapters of the manual. `compile-errors.md` is written by a test.
pub(crate) fn chapters() -> Vec<String> {
    let folder = "auth-runtime/manual";
    let names = fs::read_dir(root().join(folder)).expect("the manual");
    let names = names.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    let written = ["compile-errors.md", "rustdoc-links.md"];
    let chapters: Vec<_> =
        names.filter(|name| !written.contains(&name.as_str())).map(|name| format!("{folder}/{name}")).collect();
    assert!(chapters.len() > 25, "{chapters:?}");
    chapters
}

/// The documents of a contributor and of a user, with their text.
pub(crate) fn documents() -> BTreeMap<String, String> {
    let mut names = chapters();
    let others = ["README.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md", "examples/README.md", "ops/README.md"];
    names.extend(others.map(str::to_owned));
    names.into_iter().map(|name| (name.clone(), read(&name))).collect()
}

/// Runs cargo with the versions of Cargo.lock and without the network.
pub(crate) fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).args(["--locked", "--offline"]).current_dir(root());
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The Rust files of a folder, as paths from the root.
pub(crate) fn sources(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = format!("{folder}/{}", entry.file_name().into_string().expect("UTF-8"));
        if entry.path().is_dir() {
            found.extend(sources(&path));
        } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
