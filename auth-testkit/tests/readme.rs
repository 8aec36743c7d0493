//! The figures in the README are correct.

use std::fs;
use std::path::Path;

#[test]
fn the_readme_counts_the_attacks_and_the_broken_services_correctly() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(here.join("../README.md")).unwrap();
    let attacks = auth_testkit::catalogue().len();
    assert!(readme.contains("some three hundred bad ways") && (280..340).contains(&attacks), "{attacks} attacks");

    let broken: usize = fs::read_dir(here.join("tests/broken"))
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap().matches("#[tokio::test]").count())
        .sum();
    assert!(readme.contains("Sixty services with one mistake each") && broken >= 60, "{broken} services");
}

#[test]
fn the_figures_are_the_measured_ones() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let benches = read("benches/README.md");
    for measured in ["results.md", "allocations.md", "compile.md", "load.md", "instructions.md"] {
        let file = format!("benches/{measured}");
        assert!(benches.contains(read(&file).trim()), "put {file} into the README of the benches");
    }
    assert!(read("README.md").contains(read("benches/quotes.md").trim()), "put benches/quotes.md into the README");
}
