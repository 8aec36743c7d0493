//! Checks that each file and folder that a document names exists.

use super::support::{documents, root};

/// Folders from which the documents name files: the manual says `router/gate.rs`.
const FROM: [&str; 7] =
    ["", "auth-runtime", "auth-runtime/src", "auth-testkit/src", "auth-base/src", "auth-runtime/manual", "ops"];

/// Names of another repository, of a service's own files, and of requests.
const ELSEWHERE: [&str; 3] = ["src/main.rs", "src/lib.rs", "src/fields.rs"];

/// Words in backticks and behind links that look like a path of this repository.
fn paths(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    let code = prose.split('`').skip(1).step_by(2).map(str::to_owned);
    let links = prose.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()).map(str::to_owned);
    code.chain(links).filter(|word| is_path(word)).collect()
}

fn is_path(word: &str) -> bool {
    let starts =
        ["examples/", "tests/", "benches/", "auth-", "ui-tests/", "fuzz/", ".ci/", "xtask/", "ops/", "test-support/"];
    let ends = [".rs", ".md", ".toml", ".yml", ".png", ".svg"];
    let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    let named = starts.iter().any(|start| word.starts_with(start)) || ends.iter().any(|end| word.ends_with(end));
    is_plain && word.contains('/') && named && !word.starts_with('/')
}

#[test]
fn each_file_that_a_document_names_exists() {
    let (mut named, mut missing) = (0, Vec::new());
    for (document, text) in documents() {
        let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
        for path in paths(&text).into_iter().filter(|path| !ELSEWHERE.contains(&path.as_str())) {
            named += 1;
            let there = FROM.iter().chain(&[folder]).any(|from| root().join(from).join(&path).exists());
            missing.extend((!there).then(|| format!("{document}: `{path}`")));
        }
    }
    assert!(missing.is_empty(), "these do not exist: {missing:#?}");
    assert!(named > 80, "only {named} paths: update how this test finds them");
}

#[test]
fn a_path_has_a_folder_of_the_repository_or_an_extension() {
    assert_eq!(
        paths("see `router/gate.rs`, [x](examples/orders#a) and `text/plain`"),
        ["router/gate.rs", "examples/orders"]
    );
    assert!(paths("`GET /orders/{id}.rs`, `application/json`").is_empty());
}

/// The tree of CONTRIBUTING.md shows the folders of its crates, each in the right one.
#[test]
fn the_tree_of_the_contributors_shows_folders_that_exist() {
    let documents = documents();
    let (_, section) = documents["CONTRIBUTING.md"].split_once("\n## Layers\n").expect("the section");
    let tree = section.split("\nEach folder").next().unwrap_or_default();
    let (mut parent, mut shown) = (String::new(), 0);
    for line in tree.lines().filter_map(|line| line.strip_prefix("    ")) {
        let name = line.split_whitespace().next().unwrap_or_default();
        let path = if line.starts_with("  ") { format!("{parent}{name}") } else { name.to_owned() };
        let path = if path.ends_with('/') { path } else { continue };
        assert!(root().join(&path).is_dir(), "CONTRIBUTING.md: `{path}` does not exist");
        if !line.starts_with("  ") {
            parent = if name == "auth-testkit/src/" { name.to_owned() } else { path };
        }
        shown += 1;
    }
    assert!(shown > 30, "only {shown} folders: update how this test finds them");
}
