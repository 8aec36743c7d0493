//! Checks the manifests: what is published, for whom, and which compiler it needs.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn metadata(arguments: &[&str]) -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version", "1", "--locked", "--offline"]).args(arguments);
    let output = command.current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn packages(metadata: &Value) -> Vec<&Value> {
    metadata["packages"].as_array().expect("packages").iter().collect()
}

fn text<'a>(package: &'a Value, field: &str) -> &'a str {
    package[field].as_str().unwrap_or_else(|| panic!("{} has no `{field}`", package["name"]))
}

fn list<'a>(package: &'a Value, field: &str) -> Vec<&'a str> {
    package[field].as_array().expect("a list").iter().filter_map(Value::as_str).collect()
}

/// The crates that `.ci/published` lists.
fn published() -> Vec<String> {
    let script = read(".ci/published");
    let (_, rest) = script.split_once("for package in ").expect("a loop");
    rest.split_once(';').expect("a list").0.split(' ').map(str::to_owned).collect()
}

#[test]
fn only_the_listed_crates_are_published() {
    let metadata = metadata(&["--no-deps"]);
    let may_be: BTreeSet<_> = packages(&metadata)
        .into_iter()
        .filter(|package| package["publish"].is_null())
        .map(|p| text(p, "name"))
        .collect();
    let published = published();
    assert_eq!(may_be, published.iter().map(String::as_str).collect(), "left: without `publish = false`");
}

#[test]
fn each_published_crate_has_what_crates_io_shows() {
    let metadata = metadata(&["--no-deps"]);
    let packages = packages(&metadata);
    for name in published() {
        let package = packages.iter().find(|package| text(package, "name") == name).expect("a member");
        let description = text(package, "description");
        assert!((30..=120).contains(&description.len()) && !description.ends_with('.'), "{name}: {description}");
        // The limits of the registry.
        let keywords = list(package, "keywords");
        assert!((2..=5).contains(&keywords.len()), "{name}: {keywords:?}");
        for keyword in keywords {
            let fits = keyword.len() <= 20 && keyword.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+".contains(&b));
            assert!(fits, "{name}: {keyword}");
        }
        assert!(list(package, "categories").contains(&"authentication"), "{name}");
        assert_eq!(text(package, "license"), "MIT OR Apache-2.0", "{name}");
        assert!(root().join(&name).join(text(package, "readme")).is_file(), "{name}: its readme");
        for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert_eq!(read(&format!("{name}/{license}")), read(license), "{name}: a package needs its license");
        }
    }
}

/// The versions as numbers, so that 1.9 is less than 1.88.
fn version(text: &str) -> Vec<u32> {
    text.split('.').take(2).map(|part| part.parse().expect("a number")).collect()
}

/// cargo refuses to build a dependency that names a newer compiler. `.ci/run` builds with the
/// oldest compiler where it is installed, and the workflow `ci.yml` in any case.
#[test]
fn no_dependency_needs_a_newer_compiler_than_ours() {
    let metadata = metadata(&["--all-features", "--filter-platform", "x86_64-unknown-linux-gnu"]);
    let by_id: BTreeMap<_, _> = packages(&metadata).into_iter().map(|package| (text(package, "id"), package)).collect();
    let nodes = metadata["resolve"]["nodes"].as_array().expect("nodes");
    let nodes: BTreeMap<_, _> = nodes.iter().map(|node| (text(node, "id"), node)).collect();
    let published = published();
    let mut open: Vec<&str> =
        by_id.iter().filter(|(_, p)| published.iter().any(|name| text(p, "name") == name)).map(|(id, _)| *id).collect();
    assert_eq!(open.len(), published.len());
    let ours = version(text(by_id[open[0]], "rust_version"));
    let (mut seen, mut floor) = (BTreeSet::new(), BTreeSet::new());
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let package = by_id[id];
        if let Some(needs) = package["rust_version"].as_str() {
            let name = text(package, "name");
            assert!(
                version(needs) <= ours,
                "{name} {}: needs Rust {needs}: choose an older one with `cargo update -p {name} --precise`",
                text(package, "version")
            );
            floor.extend((version(needs) == ours).then_some(name));
        }
        for dependency in nodes[id]["deps"].as_array().expect("dependencies") {
            let kinds = dependency["dep_kinds"].as_array().expect("kinds");
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                open.push(text(dependency, "pkg"));
            }
        }
    }
    // RELEASING.md says so.
    for name in ["jsonwebtoken", "time"] {
        assert!(floor.contains(name), "{name} does not need our `rust-version`: can an older one do? {floor:?}");
    }
    assert!(seen.len() > 200, "only {} packages: update how this test finds them", seen.len());
}

#[test]
fn workspaces_of_their_own_name_the_same_compiler() {
    let line = |path: &str| read(path).lines().find(|line| line.starts_with("rust-version")).map(str::to_owned);
    let ours = line("Cargo.toml").expect("a version");
    for path in ["fuzz/Cargo.toml", "tests/shapes/Cargo.toml"] {
        assert_eq!(line(path).as_deref(), Some(ours.as_str()), "{path}");
    }
}
