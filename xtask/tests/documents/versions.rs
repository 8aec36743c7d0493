//! Compares the versions and crates that documents name with the manifests and results.

use super::support::{documents, one_line, read};

/// The documents whose manifests name a path, because the crates are not published yet.
#[test]
fn the_first_release_replaces_each_path() {
    let releasing = one_line(&read("RELEASING.md"));
    let step = "Replace `path` by a version in README.md, in `quick-start.md`, `openapi.md` and `moving-a-service.md`";
    assert!(releasing.contains(step), "RELEASING.md lacks `{step}`: change this test too");
    let unpublished: Vec<_> = documents()
        .into_iter()
        .filter(|(_, text)| text.contains("path = \"../"))
        .map(|(name, _)| name.rsplit('/').next().unwrap_or_default().to_owned())
        .collect();
    for name in &unpublished {
        assert!(step.contains(name.as_str()), "RELEASING.md does not list {name}, which names a path");
    }
    assert_eq!(unpublished.len(), 4, "{unpublished:?}");
}

#[test]
fn the_oldest_compiler_is_the_one_of_the_manifest() {
    let manifest = read("Cargo.toml");
    let (_, version) = manifest.split_once("\nrust-version = \"").expect("a version");
    let version = version.split('"').next().unwrap_or_default();
    assert!(read("RELEASING.md").contains(&format!("needs: {version}, for")), "RELEASING.md lacks {version}");
}

/// `=`, because the crates share hidden items.
#[test]
fn the_crates_that_share_hidden_items_are_bound_to_one_version() {
    let manifest = read("Cargo.toml");
    for name in ["auth-base", "auth-events", "auth-macros"] {
        assert!(manifest.contains(&format!("\n{name} = {{ version = \"=")), "`{name}` is not bound by `=`");
    }
}

/// The table of peers in the README is about these versions, which a test runs.
#[test]
fn the_peers_of_the_readme_are_those_that_are_measured() {
    let benches = read("benches/results.md");
    let table = benches.split("\n\n").next().unwrap_or_default();
    let peers: Vec<_> = ["aliri_tower", "axum-jwks", "axum-jwt-auth", "jwt-authorizer", "tower-oauth2-resource-server"]
        .into_iter()
        .filter(|peer| table.contains(&format!("\n| {peer} ")))
        .collect();
    let others = table.lines().skip(2).filter(|row| {
        let ours = ["| ours", "| by hand", "| axum without", "| the "];
        !ours.iter().any(|start| row.starts_with(start))
    });
    assert_eq!((peers.len(), others.count()), (5, 5), "{peers:?}");
    assert!(one_line(&read("README.md")).contains("compare the cost with five other crates"));
}
