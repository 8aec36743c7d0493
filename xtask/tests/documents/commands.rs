//! Checks the commands of the documents: packages, targets, scripts and commands of `xtask`.

use super::support::{cargo, documents, one_line, read, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The targets of each package of the workspace, as `kind name`.
fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    packages
        .map(|package| {
            let targets = package["targets"].as_array().expect("targets").iter();
            let targets = targets.map(|target| format!("{} {}", text(&target["kind"][0]), text(&target["name"])));
            (text(&package["name"]), targets.collect())
        })
        .collect()
}

/// The commands of a document that begin with `cargo` or `.ci/`, in backticks and in blocks.
pub(super) fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, part) in text.split("```").enumerate() {
        let is_block = number % 2 == 1;
        if is_block && part.starts_with("sh\n") {
            found.extend(part.replace("\\\n", " ").lines().map(str::to_owned));
        } else if !is_block {
            found.extend(part.split('`').skip(1).step_by(2).map(one_line));
            found.extend(part.lines().filter(|line| line.starts_with("    ")).map(str::to_owned));
        }
    }
    let command = |line: String| {
        // `KEY=value cargo ..` and a comment behind the command.
        let line = line.split(" # ").next().unwrap_or_default().trim().to_owned();
        let start =
            line.find("cargo ").filter(|at| line[..*at].split(' ').all(|word| word.is_empty() || word.contains('=')));
        match start {
            Some(at) => Some(line[at..].to_owned()),
            None => line.starts_with(".ci/").then_some(line),
        }
    };
    found.into_iter().filter_map(command).collect()
}

/// The word behind an option.
fn behind<'a>(words: &[&'a str], options: &[&str]) -> Vec<&'a str> {
    let mut values = Vec::new();
    for pair in words.windows(2) {
        if options.contains(&pair[0]) && pair[1] != ".." && !pair[1].starts_with('<') {
            values.push(pair[1]);
        }
    }
    values
}

/// Commands that the reader runs in a service of its own.
const OF_A_SERVICE: [&str; 2] = ["cargo axum-auth", "cargo add"];

#[test]
fn each_command_of_the_documents_names_what_exists() {
    let packages = packages();
    let help = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("help").output().expect("xtask runs").stdout;
    let xtask: BTreeSet<String> = String::from_utf8_lossy(&help)
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next().map(str::to_owned))
        .collect();
    let (mut checked, mut wrong) = (0, Vec::new());
    for (document, text) in documents() {
        for command in commands(&text) {
            if OF_A_SERVICE.iter().any(|start| command.starts_with(start)) {
                continue;
            }
            let words: Vec<&str> = command.split_whitespace().take_while(|word| *word != "--").collect();
            let mut require = |holds: bool, why: &str| {
                wrong.extend((!holds).then(|| format!("{document}: `{command}`: {why}")));
            };
            if command.starts_with(".ci/") {
                require(root().join(words[0]).exists(), "the script does not exist");
            }
            if words.get(1) == Some(&"xtask") {
                let is_listed = words.get(2).is_none_or(|name| xtask.contains(*name));
                require(is_listed, "`cargo xtask help` does not list it");
            }
            for path in behind(&words, &["--manifest-path", "--path"]) {
                // A service has its checkout of this repository beside it.
                let path = path.strip_prefix("../auth/").unwrap_or(path);
                require(root().join(path).exists(), "the path does not exist");
            }
            let named = behind(&words, &["-p", "--package"]);
            require(named.iter().all(|name| packages.contains_key(*name)), "not a package of the workspace");
            let targets: BTreeSet<_> = named.iter().filter_map(|name| packages.get(*name)).flatten().collect();
            for (kind, option) in [("example", "--example"), ("test", "--test"), ("bin", "--bin")] {
                for name in behind(&words, &[option]) {
                    let there = targets.contains(&format!("{kind} {name}"));
                    require(there, "the package lacks this target");
                }
            }
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked > 50, "only {checked} commands: update how this test finds them");
}

/// The features in commands exist: `--features x,y`, also in the manual's `features = [..]`.
#[test]
fn each_feature_that_a_document_enables_exists() {
    let manifest = read("auth-runtime/Cargo.toml");
    let (_, features) = manifest.split_once("\n[features]\n").expect("features");
    let features: BTreeSet<_> =
        features.split("\n[").next().unwrap_or_default().lines().filter_map(|line| line.split(" = ").next()).collect();
    let mut enabled = 0;
    for (document, text) in documents() {
        for line in text.lines().filter(|line| line.starts_with("auth-runtime = ")) {
            let Some((_, list)) = line.split_once("features = [") else { continue };
            for name in list.split(']').next().unwrap_or_default().split('"').skip(1).step_by(2) {
                enabled += 1;
                assert!(features.contains(name), "{document}: auth-runtime has no feature `{name}`");
            }
        }
    }
    assert!(enabled >= 3, "only {enabled} features: update how this test finds them");
}

#[test]
fn a_command_is_found_in_prose_and_in_blocks() {
    let text =
        "run `cargo\nxtask ci`\n\n    cargo test -p x  # why\n\n```sh\nA=1 cargo run \\\n  -p y\n```\n`the cargo run`";
    assert_eq!(commands(text), ["cargo xtask ci", "cargo test -p x", "cargo run    -p y"]);
    assert_eq!(behind(&["-p", "x", "--test", ".."], &["-p", "--test"]), ["x"]);
}
