//! Compares the table of features with what cargo builds for each.

use super::support::{cargo, read};
use std::collections::BTreeSet;

/// The crates that cargo builds for auth-runtime with these features, without tests.
fn crates(features: &str) -> usize {
    let tree = cargo(&[
        "tree",
        "-p",
        "auth-runtime",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--features",
        features,
    ]);
    tree.lines().map(|line| line.trim_end_matches(" (*)")).collect::<BTreeSet<_>>().len()
}

/// A cell says `some 50` or `3`. A newer version of a dependency may change a few.
#[test]
fn each_feature_brings_as_many_crates_as_its_row_says() {
    let page = read("auth-runtime/manual/production.md");
    let (_, table) = page.split_once("\n## Features and what they cost\n").expect("the section");
    let least = crates("");
    let (mut compared, mut wrong) = (0, Vec::new());
    for row in table.lines().filter(|line| line.starts_with("| `") || line.starts_with("| none")) {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let number =
            cells[2].split_whitespace().find_map(|word| word.trim_end_matches([',', ':', ';']).parse::<usize>().ok());
        for name in cells[0].split(", ").map(|name| name.trim_matches('`')) {
            let built = if name.starts_with("none") { least } else { crates(name) - least };
            let tolerance = 3 + built / 10;
            if number.is_none_or(|said| built.abs_diff(said) > tolerance) {
                wrong.push(format!("{name} brings {built} crates: {row}"));
            }
            compared += 1;
        }
    }
    assert!(wrong.is_empty(), "production.md: {wrong:#?}");
    assert!(compared > 12, "only {compared} features: update how this test finds them");
}
