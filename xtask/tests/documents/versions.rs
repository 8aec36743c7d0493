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

/// The table of the README compares with these versions, which tests of this repository run.
#[test]
fn the_readme_compares_with_the_versions_that_are_tested() {
    let readme = read("README.md");
    let tested = [
        ("Cargo.toml", "jsonwebtoken"),
        ("Cargo.toml", "axum-login"),
        ("tests/shapes/Cargo.toml", "tower-oauth2-resource-server"),
    ];
    for (manifest, name) in tested {
        let text = read(manifest);
        let (_, version) = text.split_once(&format!("\n{name} = {{ version = \"")).expect(name);
        let cell = format!("`{name}` {}", version.split('"').next().unwrap_or_default());
        assert!(readme.contains(&cell), "the table of README.md lacks {cell}, which {manifest} names");
    }
}

/// The versions of the manual are those against which `tests/against_a_provider` runs.
#[test]
fn the_software_of_the_manual_is_that_of_the_tests() {
    let (page, tested) = (read("auth-runtime/manual/providers.md"), read("tests/identity-providers/requirements.txt"));
    let stated = page.lines().filter_map(|line| line.strip_prefix("Tested with "));
    let stated: Vec<_> = stated.filter_map(|line| line.split(". ").next()).collect();
    assert_eq!(stated.len(), 2, "{stated:?}");
    for software in stated {
        let (name, version) = software.split_once(' ').expect("a name and a version");
        let pinned = format!("{}=={version} ", name.to_lowercase());
        assert!(tested.lines().any(|line| line.starts_with(&pinned)), "{pinned}");
    }
}
