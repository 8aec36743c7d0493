//! Counts what the documents say how many there are of.

use super::support::{one_line, read, sources};
use std::collections::BTreeSet;

#[test]
fn the_peers_of_the_readme_are_those_that_are_measured() {
    let benches = read("benches/results.md");
    let table = benches.split("\n\n").next().unwrap_or_default();
    let peers: Vec<_> = [
        "aliri_tower",
        "axum-jwks",
        "axum-jwt-auth",
        "jwt-authorizer",
        "oauth-resource-server",
        "tower-oauth2-resource-server",
    ]
    .into_iter()
    .filter(|peer| table.contains(&format!("\n| {peer} ")))
    .collect();
    let others = table.lines().skip(2).filter(|row| {
        let ours = ["| ours", "| by hand", "| axum without", "| the "];
        !ours.iter().any(|start| row.starts_with(start))
    });
    assert_eq!((peers.len(), others.count()), (6, 6), "{peers:?}");
    assert!(one_line(&read("README.md")).contains("compare the cost with six other crates"));
}

/// A section has a profile (`Provider::okta(..)`), or the settings of `Provider::custom(..)`.
#[test]
fn the_manual_counts_the_providers_rightly() {
    let page = read("auth-runtime/manual/providers.md");
    let sections: Vec<_> = page.split("\n## ").skip(1).filter(|section| section.contains("Provider::")).collect();
    let first = |section: &&&str| section.split("Provider::").nth(1).is_some_and(|call| call.starts_with("custom("));
    let custom = sections.iter().filter(first).count();
    assert_eq!((sections.len() - custom, custom), (19, 2));
    assert!(read("auth-runtime/manual/README.md").contains("profiles of nineteen, and settings for two more"));
    assert!(one_line(&read("README.md")).contains("JWTs of [some twenty identity providers]"));
}

/// `performance.md` says that CI counts them, and has a limit.
#[test]
fn the_instructions_of_a_request_have_a_limit() {
    assert!(read(".ci/run").lines().any(|line| line == "target/release/instructions"));
    let program = read("benches/src/bin/instructions.rs");
    assert!(program.contains("const CEILINGS: [") && program.contains(r#"Err("too many instructions".into())"#));
}

/// `limits.md` and the README say that these crates forbid it.
#[test]
fn each_crate_forbids_unsafe_code() {
    assert!(read("Cargo.toml").contains("\n[workspace.lints.rust]\n"), "the lints of the workspace have moved");
    assert!(read("Cargo.toml").contains("\nunsafe_code = \"forbid\"\n"));
    for name in ["auth-base", "auth-events", "auth-macros", "auth-runtime", "auth-testkit", "cargo-axum-auth"] {
        let manifest = read(&format!("{name}/Cargo.toml"));
        assert!(manifest.contains("\n[lints]\nworkspace = true\n"), "{name} does not inherit the lints");
    }
}

#[test]
fn the_fuzz_targets_are_those_of_the_manual() {
    let page = one_line(&read("auth-runtime/manual/internals.md"));
    let (_, sentence) =
        page.split_once("`fuzz/` in the repository has a target for each of these: ").expect("the list");
    let (list, _) = sentence.split_once(". ").unwrap_or((sentence, ""));
    let stated: BTreeSet<String> = list.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let names = sources("fuzz/fuzz_targets").into_iter();
    let names = names.filter_map(|path| path.rsplit('/').next()?.strip_suffix(".rs").map(str::to_owned));
    assert_eq!(stated, names.collect());
}

/// The metrics are listed in the module's documentation.
#[test]
fn each_metric_is_in_the_list_of_its_module() {
    let (names, list) = (read("auth-events/src/metrics/names.rs"), read("auth-events/src/metrics/mod.rs"));
    let names: Vec<_> = names.split('"').filter(|text| text.starts_with("auth_")).collect();
    assert!(names.len() > 8, "{names:?}");
    for name in &names {
        assert!(list.contains(&format!("//! | [`{name}`] |")), "auth-events/src/metrics/mod.rs lacks `{name}`");
    }
    assert_eq!(list.matches("//! | [`auth_").count(), names.len());
}
