//! The place of the new dependency in the manifest.

use super::shop::{AXUM, CHECKOUT, MANIFEST, add};
use crate::support::Project;

const LIB: &str = "pub fn app() -> axum::Router { axum::Router::new().route(\"/\", axum::routing::get(index)) }\n\
                   async fn index() {}\n";

/// The manifest after `init`, from these dependencies and what follows them.
fn manifest(rest: &str) -> String {
    let (head, _) = MANIFEST.split_once("axum = {").unwrap();
    let project = Project::with(&[("Cargo.toml", &format!("{head}{rest}")), ("src/lib.rs", LIB)]);
    add(&project, &AXUM);
    add(&project, &CHECKOUT);
    let ran = project.run(&["init", "--yes", "--from", "auth"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    project.read("Cargo.toml").strip_prefix(head).unwrap().to_owned()
}

const ADDED: &str = "auth-runtime = { path = \"auth/auth-runtime\" }\n";

#[test]
fn the_dependency_stands_beside_axum_and_comments_stay_where_they_are() {
    let (before, after) = (
        "# --- web ---\naxum = { path = \"axum\" } # the framework\n",
        "# --- web end ---\n\n# --- tools ---\nserde = \"1\"\n# --- tools end ---\n\n[dev-dependencies]\n",
    );
    assert_eq!(manifest(&format!("{before}{after}")), format!("{before}{ADDED}{after}"));
}

#[test]
fn a_comment_at_the_end_of_the_file_stays_at_the_end() {
    let (before, after) = ("axum = { path = \"axum\" }\n", "# --- end ---\n");
    assert_eq!(manifest(&format!("{before}{after}")), format!("{before}{ADDED}{after}"));
}

#[test]
fn a_dependency_in_a_table_of_its_own_stays_one() {
    let text = manifest("serde = \"1\"\n\n# The framework.\n[dependencies.axum]\npath = \"axum\"\n");
    assert_eq!(text, format!("serde = \"1\"\n{ADDED}\n# The framework.\n[dependencies.axum]\npath = \"axum\"\n"));
}
