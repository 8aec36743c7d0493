//! Compares figures in the documents with what they count and measure.

use std::fs;
use std::path::Path;

#[test]
fn the_documents_count_the_attacks_and_the_broken_services_rightly() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(here.join("..").join(name)).unwrap();
    let attacks = auth_testkit::catalogue().len();
    for document in ["README.md", "auth-runtime/manual/attacks.md", "auth-runtime/manual/quick-start.md"] {
        let count = "some nine hundred bad ways";
        assert!(read(document).contains(count) && (850..950).contains(&attacks), "{document}: {attacks} attacks");
    }

    let broken: usize = fs::read_dir(here.join("tests/broken"))
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap().matches("#[tokio::test]").count())
        .sum();
    let count = "Some four hundred services with one mistake each";
    assert!(
        read("auth-runtime/manual/attacks.md").contains(count) && (375..475).contains(&broken),
        "{broken} services"
    );
}

#[test]
fn each_attack_has_its_row_in_the_documents() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = fs::read_to_string(here.join("../auth-runtime/manual/attacks.md")).unwrap();
    let rows: Vec<&str> = document.lines().filter(|line| line.starts_with("| ")).collect();
    let named = |id: &str| rows.iter().any(|row| row.split(['|', ',', ' ']).any(|word| word == id));
    for attack in auth_testkit::catalogue() {
        assert!(named(attack.id()), "add a row for {attack:?} to auth-runtime/manual/attacks.md");
    }
    // Those that depend on the route are known by the message about an unknown one.
    let source = fs::read_to_string(here.join("src/run/excluded_attacks.rs")).unwrap();
    let (_, list) = source.split_once("SENT_BY_ROUTE").unwrap();
    let (_, list) = list.split_once("= [").unwrap();
    let (list, _) = list.split_once("];").unwrap();
    for id in list.split('"').filter(|id| id.len() == 3) {
        assert!(named(id), "add a row for {id} to auth-runtime/manual/attacks.md");
    }
}

#[test]
fn the_figures_are_the_ones_that_were_measured() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let benches = read("benches/README.md");
    for measured in ["results.md", "allocations.md", "compile.md", "load.md", "instructions.md"] {
        let file = format!("benches/{measured}");
        assert!(benches.contains(read(&file).trim()), "put {file} into the README of the benches");
    }
    let quotes = read("benches/quotes.md");
    let page = "auth-runtime/manual/performance.md";
    assert!(read(page).contains(quotes.trim()), "put benches/quotes.md into {page}");
}
