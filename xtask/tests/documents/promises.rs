//! Holds that each sentence of the documents names the tests that fail if it breaks.

use super::support::{one_line, read, root, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The chapters, their sentences, and below each sentence what shows it.
const PROMISES: &str = "xtask/tests/documents/promises.txt";

/// Below a sentence that needs no test: it says what is not covered, or where to look.
const WITHOUT: [&str; 2] = ["limit", "guide"];

/// The functions of the workspace that are tests, each with its files.
fn functions() -> BTreeMap<String, Vec<String>> {
    let folders = ["auth-base", "auth-events", "auth-macros", "auth-runtime", "auth-testkit", "cargo-axum-auth"];
    let others = ["examples", "tests", "test-support", "ui-tests/tests", "xtask"];
    let mut found = BTreeMap::<String, Vec<String>>::new();
    for path in folders.iter().chain(&others).flat_map(|folder| sources(folder)) {
        for name in tests_in(&read(&path)) {
            found.entry(name.to_owned()).or_default().push(path.clone());
        }
    }
    assert!(found.len() > 1500, "only {} tests: update how this test finds them", found.len());
    found
}

/// The names of the functions below `#[test]` and `#[tokio::test]`.
pub(super) fn tests_in(source: &str) -> Vec<&str> {
    let (mut is_test, mut names) = (false, Vec::new());
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some(rest) = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn ")) {
            names.extend(rest.split(['(', '<']).next().filter(|_| is_test));
            is_test = false;
        }
    }
    names
}

/// A test by the name of its function, or a program that must not compile: `mount/forgotten`.
///
/// `pass/mount/closure` is a program that must compile.
fn exists(name: &str, functions: &BTreeMap<String, Vec<String>>) -> bool {
    if name.starts_with("pass/") {
        return root().join(format!("ui-tests/{name}.rs")).is_file();
    }
    if name.contains('/') {
        return root().join(format!("ui-tests/fail/{name}.rs")).is_file();
    }
    functions.contains_key(name)
}

/// A sentence, and the names below it.
type Sentence<'a> = (&'a str, Vec<&'a str>);

/// The sentences of each chapter, in their order.
fn promises(text: &str) -> Vec<(&str, Vec<Sentence<'_>>)> {
    let mut chapters: Vec<(&str, Vec<Sentence<'_>>)> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(chapter) = line.strip_prefix("# ") {
            chapters.push((chapter, Vec::new()));
            continue;
        }
        let (_, sentences) = chapters.last_mut().expect("a chapter comes first");
        match line.strip_prefix("> ") {
            Some(sentence) => sentences.push((sentence, Vec::new())),
            None => sentences.last_mut().expect("a sentence comes first").1.extend(line.split_whitespace()),
        }
    }
    chapters
}

/// The prose of a chapter: without headings, tables, code blocks and the targets of links.
fn prose(text: &str) -> String {
    let text: String = text.split("```").step_by(2).collect();
    let lines = text.lines().filter(|line| {
        let is_target = line.starts_with('[') && line.contains("]: ");
        !(is_target || line.starts_with('#') || line.starts_with('|') || line.starts_with("!["))
    });
    let lines = lines.map(|line| line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).unwrap_or(line));
    one_line(&lines.collect::<Vec<_>>().join(" "))
}

/// What is left of the prose without the sentences. Each is looked for behind the one before it.
fn without<'a>(prose: &'a str, sentences: &[Sentence<'_>]) -> (Vec<&'a str>, Vec<String>) {
    let (mut rest, mut left, mut missing) = (prose, Vec::new(), Vec::new());
    for (sentence, _) in sentences {
        match rest.split_once(sentence) {
            Some((before, behind)) => {
                left.push(before.trim());
                rest = behind;
            }
            None => missing.push((*sentence).to_owned()),
        }
    }
    left.push(rest.trim());
    (left.into_iter().filter(|part| part.contains(char::is_alphabetic)).collect(), missing)
}

#[test]
fn each_sentence_about_security_names_its_tests() {
    let functions = functions();
    let text = read(PROMISES);
    let (mut named, mut wrong) = (0, Vec::new());
    for (chapter, sentences) in promises(&text) {
        let prose = prose(&read(chapter));
        let (left, missing) = without(&prose, &sentences);
        wrong.extend(left.into_iter().map(|part| format!("{chapter}: add to {PROMISES}, with its tests: {part}")));
        wrong.extend(missing.into_iter().map(|part| format!("{chapter} lacks, at this place: {part}")));
        for (sentence, tests) in sentences {
            if tests.is_empty() {
                wrong.push(format!("{chapter}: name the tests of: {sentence}"));
            }
            for test in tests.into_iter().filter(|test| !WITHOUT.contains(test)) {
                named += 1;
                if !exists(test, &functions) {
                    wrong.push(format!("{chapter}: the test `{test}` does not exist: {sentence}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(named > 200, "only {named} tests are named: update how this test finds them");
}

#[test]
fn a_sentence_that_is_new_changed_or_moved_is_found() {
    let text = "# x.md\n> One holds.\na b/c\n> Two holds.\nlimit\n";
    let read = promises(text);
    assert_eq!(read, [("x.md", vec![("One holds.", vec!["a", "b/c"]), ("Two holds.", vec!["limit"])])]);
    let sentences = &read[0].1;
    let found = |page: &str| {
        let prose = prose(page);
        let (left, missing) = without(&prose, sentences);
        (left.len(), missing.len())
    };
    assert_eq!(found("# Title\n\n- One\n  holds.\n\n| a | b |\n\nTwo holds.\n\n[a]: b.md\n"), (0, 0));
    assert_eq!(found("One holds. Three holds. Two holds."), (1, 0));
    assert_eq!(found("One holds. Two does not hold."), (1, 1));
    assert_eq!(found("Two holds. One holds."), (1, 1));
}

/// The cells of a table with three columns or more, by the start of its rows.
fn rows(page: &str, start: &str) -> Vec<Vec<String>> {
    let lines: Vec<&str> = page.lines().filter(|line| line.starts_with(start)).collect();
    let cells = |line: &&str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
    lines.iter().map(cells).collect()
}

fn in_backticks(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn each_promise_of_the_table_names_its_tests() {
    let functions = functions();
    let page = read("auth-runtime/manual/security.md");
    let (_, table) = page.split_once("| upheld by | shown by |\n").expect("the table of promises");
    let table = table.split("\n\n").next().unwrap_or_default();
    let rows: Vec<_> = rows(table, "| ").into_iter().filter(|row| !row[0].starts_with("--")).collect();
    assert_eq!(rows.len(), 11, "{rows:?}");
    for row in rows {
        let tests: Vec<_> = in_backticks(&row[3]).collect();
        assert!(!tests.is_empty(), "no test is named: {row:?}");
        for test in tests {
            assert!(exists(test, &functions), "the test `{test}` does not exist: {row:?}");
        }
    }
}

/// The costs of `performance.md`, each with the test that counts.
///
/// `None`: it is measured, or depends on the service.
const COSTS: [(&str, Option<&str>); 6] = [
    ("| ES256 tokens that were not seen before | some 60 µs of one core each |", None),
    (
        "| a loader of principals | its own time, on each request |",
        Some("a_role_removed_in_the_database_is_403_at_the_next_request"),
    ),
    ("| revocations in Redis | one round trip on each request |", Some("a_token_takes_one_round_trip")),
    ("| API keys | one look-up on each request |", Some("each_request_with_a_key_is_one_look_up")),
    ("| sessions | one look-up on each request |", Some("each_request_with_a_session_is_one_look_up")),
    (
        "| opaque tokens | one question per token and ten seconds |",
        Some("a_good_answer_is_used_for_the_stated_time_on_both_clocks"),
    ),
];

#[test]
fn each_cost_of_a_request_is_counted_by_a_test() {
    let functions = functions();
    let page = read("auth-runtime/manual/performance.md");
    let (_, table) = page.split_once("\n| what | cost | remedy |\n|---|---|---|\n").expect("the table of costs");
    let table: Vec<_> = table.split("\n\n").next().unwrap_or_default().lines().collect();
    assert_eq!(table.len(), COSTS.len(), "a row without a test: {table:?}");
    for (row, (start, test)) in table.into_iter().zip(COSTS) {
        assert!(row.starts_with(start), "{row} is not {start}: change the test too");
        assert!(test.is_none_or(|test| exists(test, &functions)), "{test:?} does not exist: {row}");
    }
}

/// Where the tests are that show an answer of the table of incidents.
fn folder_of(answer: &str) -> Option<&'static str> {
    Some(match answer {
        "compile error" => "ui-tests/fail/",
        "lint" => "cargo-axum-auth/tests/lint/",
        "attack kit" => "auth-testkit/tests/broken/",
        "401" | "404" | "start-up error" | "response header" | "closed stream" => "tests/",
        _ => return None,
    })
}

/// The answer is shown by a test of its kind, which bears the id of the incident.
#[test]
fn each_incident_and_cve_names_a_test_that_bears_its_id() {
    let functions = functions();
    let page = read("auth-runtime/manual/incidents.md");
    let (mut checked, mut used) = (0, BTreeSet::new());
    for row in rows(&page, "| INC-") {
        let [id, _, answer, test] = &row[..] else { panic!("four cells: {row:?}") };
        let Some(folder) = folder_of(answer) else {
            assert!(answer.starts_with("out of scope") && test == "–", "another answer: {row:?}");
            continue;
        };
        let name = in_backticks(test).next().unwrap_or_else(|| panic!("no test is named: {row:?}"));
        if folder == "ui-tests/fail/" {
            let path = format!("{folder}{name}.rs");
            assert!(exists(name, &functions), "the program `{path}` does not exist: {row:?}");
            let head: String = read(&path).lines().take_while(|line| line.starts_with("//")).collect();
            assert!(head.contains(id.as_str()), "{path} does not bear {id}");
        } else {
            let number = id.replace("INC-", "inc_");
            assert!(name.contains(&number), "`{name}` does not bear {id}");
            let files = functions.get(name).unwrap_or_else(|| panic!("the test `{name}` does not exist: {row:?}"));
            assert!(files.iter().any(|file| file.starts_with(folder)), "`{name}` is not in {folder}: {files:?}");
        }
        used.insert(name.to_owned());
        checked += 1;
    }
    assert_eq!(checked, 58, "{used:?}");
    let cves = rows(&page, "| CVE-");
    for row in &cves {
        let [_, _, id, test] = &row[..] else { panic!("four cells: {row:?}") };
        let name = in_backticks(test).next().unwrap_or_else(|| panic!("no test is named: {row:?}"));
        let bears = name.split('_').any(|word| word.eq_ignore_ascii_case(id)) || in_backticks(&row[0]).next().is_some();
        let is_cve = row[0].split(", ").any(|cve| name.starts_with(&cve.to_lowercase().replace('-', "_")));
        assert!(bears || is_cve, "`{name}` bears neither {id} nor {}", row[0]);
        assert!(functions.contains_key(name), "the test `{name}` does not exist: {row:?}");
    }
    assert!(cves.len() > 10, "{cves:?}");
}

#[test]
fn a_test_is_a_function_below_its_attribute() {
    let source = "#[test]\nfn a() {}\nfn b() {}\n#[tokio::test(x)]\n#[cfg(y)]\nasync fn c() {}\n";
    assert_eq!(tests_in(source), ["a", "c"]);
    assert!(exists("mount/forgotten", &BTreeMap::new()));
    assert!(!exists("mount/never", &BTreeMap::new()));
    assert!(Path::new(PROMISES).extension().is_some_and(|extension| extension == "txt"));
}
