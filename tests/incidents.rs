//! Checks that each incident and CVE of the manual has a test, or a reason for having none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The numbers of all incidents. Those between them are not used.
const NUMBERS: [u32; 60] = [
    1, 3, 4, 6, 7, 9, 10, 12, 13, 15, 16, 18, 20, 21, 23, 24, 25, 26, 27, 29, 30, 32, 33, 34, 36, 37, 38, 40, 41, 43,
    45, 46, 47, 48, 50, 51, 53, 54, 55, 56, 58, 59, 61, 63, 64, 65, 67, 69, 70, 72, 73, 75, 77, 78, 80, 82, 84, 85, 88,
    89,
];

const OUT: &str = "out of scope: ";

/// The answers that a test can show.
const ANSWERS: [&str; 8] =
    ["compile error", "401", "404", "start-up error", "lint", "attack kit", "response header", "closed stream"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The answers of the table, by the number of the incident.
fn table() -> BTreeMap<u32, String> {
    let text = fs::read_to_string(root().join("auth-runtime/manual/incidents.md")).expect("the table");
    let mut rows = BTreeMap::new();
    for row in text.lines().filter_map(|line| line.strip_prefix("| INC-")) {
        let cells: Vec<&str> = row.trim_end_matches('|').split(" | ").map(str::trim).collect();
        let [number, mistake, answer, _test] = cells[..] else { panic!("four cells: {row}") };
        assert!(!mistake.is_empty(), "no mistake: {row}");
        let before = rows.insert(number.parse().expect("a number"), answer.to_owned());
        assert_eq!(before, None, "INC-{number} has two rows");
    }
    rows
}

/// Returns all Rust files of the workspace, except those that a build made.
fn rust_files() -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![root()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
            let (path, name) = (entry.path(), entry.file_name());
            if entry.file_type().expect("a type").is_dir() {
                open.extend((name != "target" && !name.to_string_lossy().starts_with('.')).then_some(path));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// Returns the numbers behind a mark: `inc_01` in a test's name, `INC-01` in a case's first lines.
fn numbers(text: &str, mark: &str) -> Vec<u32> {
    let behind = text.split(mark).skip(1);
    behind.filter_map(|rest| rest.get(..2)?.parse().ok()).collect()
}

/// The incidents that a test is named after.
fn tested() -> BTreeSet<u32> {
    let mut tested = BTreeSet::new();
    for path in rust_files() {
        let source = fs::read_to_string(&path).expect("a readable file");
        if path.components().any(|part| part.as_os_str() == "ui-tests") {
            let comment = source.lines().take_while(|line| line.starts_with("//"));
            tested.extend(comment.flat_map(|line| numbers(line, "INC-")));
            continue;
        }
        let mut is_test = false;
        for line in source.lines().map(str::trim) {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                is_test = true;
            } else if let Some(rest) = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn ")) {
                let name = rest.split(['(', '<']).next().unwrap_or_default();
                tested.extend(numbers(name, "inc_").into_iter().filter(|_| is_test));
                is_test = false;
            }
        }
    }
    tested
}

#[test]
fn each_incident_has_a_row() {
    let rows: Vec<u32> = table().into_keys().collect();
    assert_eq!(rows, NUMBERS, "left: rows of auth-runtime/manual/incidents.md, right: all incidents");
}

#[test]
fn each_incident_has_a_test_or_is_out_of_scope() {
    let tested = tested();
    assert!(tested.len() > 40, "only {} incidents have tests: update how this test finds them", tested.len());
    for (number, answer) in table() {
        if let Some(why) = answer.strip_prefix(OUT) {
            assert!(!why.is_empty(), "INC-{number:02}: out of scope without a reason");
            assert!(!tested.contains(&number), "INC-{number:02} has a test: change its row");
        } else {
            assert!(ANSWERS.contains(&answer.as_str()), "INC-{number:02}: another answer: {answer}");
            assert!(tested.contains(&number), "INC-{number:02} has no test: write one, or say why not");
        }
    }
}

#[test]
fn each_test_names_an_incident_of_the_table() {
    let rows = table();
    let unknown: Vec<u32> = tested().into_iter().filter(|number| !rows.contains_key(number)).collect();
    assert!(unknown.is_empty(), "tests of incidents without a row: {unknown:?}");
}

/// The ids of attacks that a test or a service with a mistake is named after.
#[test]
fn each_cve_names_an_attack_that_is_tested() {
    let text = fs::read_to_string(root().join("auth-runtime/manual/incidents.md")).expect("the table");
    let sources: Vec<String> =
        rust_files().iter().map(|path| fs::read_to_string(path).expect("a readable file")).collect();
    let mut rows = 0;
    for row in text.lines().filter(|line| line.starts_with("| CVE-")) {
        let id = row.split(" | ").nth(2).expect("a third cell").trim();
        let (prefix, attack) = (format!("{}_", id.to_lowercase()), format!("&[\"{id}\"]"));
        let is_named = |line: &str| {
            let name = line.trim().trim_start_matches("async ").strip_prefix("fn ").unwrap_or_default();
            name.starts_with(&prefix) || name.split('(').next().is_some_and(|name| name.contains(&format!("_{prefix}")))
        };
        let is_tested = sources.iter().any(|source| source.contains(&attack) || source.lines().any(is_named));
        assert!(id.len() == 3 && is_tested, "no test is named after the attack of: {row}");
        rows += 1;
    }
    assert!(rows > 10, "{rows} CVEs");
}
