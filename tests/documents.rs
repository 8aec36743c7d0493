//! Compares the promises of the manual and the scripts of CI with the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Finds the promises in `text`: `P` and one or two digits, as a word.
fn promises(text: &str) -> BTreeSet<u32> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words
        .filter_map(|word| word.strip_prefix('P'))
        .filter(|digits| digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

/// The part of a line that is a comment.
fn comment<'a>(line: &'a str, mark: &str) -> &'a str {
    line.find(mark).map_or("", |at| &line[at..])
}

/// Finds the promises that a file of this type cites.
fn cited(extension: &str, text: &str) -> BTreeSet<u32> {
    let mark = match extension {
        "rs" => "//",
        "toml" | "yml" | "" => "#",
        "md" => return promises(text),
        _ => return BTreeSet::new(),
    };
    text.lines().flat_map(|line| promises(comment(line, mark))).collect()
}

/// Finds all files of the workspace.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            if !["target", "node_modules", "corpus", "artifacts", ".git"].iter().any(|skipped| name == *skipped) {
                files(&path, found);
            }
        } else {
            found.push(path);
        }
    }
}

/// Reads the table of promises: the number, and the files that uphold it.
fn listed() -> BTreeMap<u32, String> {
    let page = root().join("auth-runtime/manual/security.md");
    let security = fs::read_to_string(page).expect("the chapter about security");
    let rows = security.lines().filter_map(|line| line.strip_prefix("| P"));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        (cells[0].parse().expect("a number"), cells[2].to_owned())
    })
    .collect()
}

#[test]
fn each_promise_that_a_source_cites_is_listed_in_the_manual() {
    let listed = listed();
    let numbers: Vec<_> = listed.keys().copied().collect();
    let without_gaps: Vec<_> = (1..).take(numbers.len()).collect();
    assert_eq!(numbers, without_gaps, "the table of security.md numbers the promises from P1 on");

    let mut paths = Vec::new();
    files(&root(), &mut paths);
    let mut citations = 0;
    for path in paths {
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for promise in cited(&extension, &text) {
            citations += 1;
            assert!(
                listed.contains_key(&promise),
                "{} cites P{promise}, which security.md does not list",
                path.display()
            );
        }
    }
    assert!(citations > 50, "only {citations} files cite a promise: update how this test finds them");
}

/// The path in the table must follow a file that was moved or renamed.
#[test]
fn files_that_uphold_a_promise_exist() {
    let mut named = 0;
    for (promise, upheld_by) in listed() {
        for path in
            upheld_by.split('`').filter(|part| Path::new(part).extension().is_some_and(|extension| extension == "rs"))
        {
            named += 1;
            let there = ["", "auth-runtime/src", "auth-runtime", "auth-events/src", "auth-base/src"]
                .iter()
                .any(|base| root().join(base).join(path).is_file());
            assert!(there, "P{promise} is upheld by `{path}`, which does not exist");
        }
    }
    assert!(named > 2, "the table names {named} files");
}

#[test]
fn a_citation_is_found_in_a_comment_only() {
    let found = |extension, text| cited(extension, text).into_iter().collect::<Vec<_>>();
    assert_eq!(found("rs", "fn f<P7>() {} // P1, P2: why\n/// P10: why"), [1, 2, 10]);
    assert_eq!(found("rs", "let curve = P256; // IEEE P1363, P-256"), [0; 0]);
    assert_eq!(found("md", "it gives P8 away"), [8]);
    assert_eq!(found("toml", "# P9: why\nP3 = 1"), [9]);
}

/// Without CI set, a check whose program is missing is skipped. `.ci/run` sets it.
#[test]
fn a_check_does_not_pass_because_its_program_is_missing() {
    let script = |name: &str| fs::read_to_string(root().join(".ci").join(name)).expect("a script");
    assert!(script("run").contains("\nexport CI=true\n"), ".ci/run does not set CI");
    for entry in fs::read_dir(root().join(".ci")).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        for passes in ["exit 0", "|| true", "|| :", "set +e"] {
            assert!(!script(&name).contains(passes), ".ci/{name} passes by `{passes}`");
        }
    }

    let mut paths = Vec::new();
    files(&root(), &mut paths);
    let mut skips = 0;
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let Ok(source) = fs::read_to_string(path) else { continue };
        let shown = path.display();
        // A part of another test, which starts it in a separate process, is ignored but does run.
        let is_started = source.contains("\"--ignored\"") || source.contains("\"--include-ignored\"");
        let is_ignored = !is_started && source.lines().any(|line| line.trim_start().starts_with("#[ignore"));
        assert!(!is_ignored, "{shown}: remove `#[ignore]`, because an ignored test checks nothing");
        // Split in two, so that this file does not match.
        let starts_with = |mark: &str| source.to_lowercase().contains(&format!("\"{mark}"));
        if starts_with(concat!("skip", "ped: ")) || starts_with(concat!("skip", "ping")) {
            skips += 1;
            assert!(source.contains("var_os(\"CI\")"), "{shown}: a test is skipped also in CI");
        }
        // The function that skips, checked by the line above.
        skips += usize::from(source.contains("require_or_skip("));
    }
    assert!(skips > 2, "only {skips} files skip tests: update how this test finds them");
}

/// Reads the features of a manifest, without `default`.
fn features(package: &str) -> BTreeMap<String, String> {
    let manifest = fs::read_to_string(root().join(package).join("Cargo.toml")).expect("a manifest");
    let features =
        manifest.split_once("\n[features]\n").and_then(|(_, rest)| rest.split_once("\n[")).expect("features").0;
    let lines = features.lines().filter_map(|line| line.split_once(" = "));
    lines.filter(|(name, _)| *name != "default").map(|(name, of)| (name.to_owned(), of.to_owned())).collect()
}

#[test]
fn ci_checks_each_feature_alone() {
    let run = fs::read_to_string(root().join(".ci/run")).expect("a readable file");
    for command in ["\n.ci/features check\n", "\n.ci/features doc\n"] {
        assert!(run.contains(command), ".ci/run lacks {command}");
    }
    let output = std::process::Command::new("bash").arg(".ci/features").current_dir(root()).output().expect("bash");
    let listed = String::from_utf8(output.stdout).expect("UTF-8");
    for package in ["auth-runtime", "auth-events"] {
        let of = |line: &str| Some(line.strip_prefix(package)?.strip_prefix(' ')?.to_owned());
        let listed: BTreeSet<_> = listed.lines().filter_map(of).filter(|feature| !feature.is_empty()).collect();
        assert_eq!(listed, features(package).into_keys().collect(), "{package}");
    }
}

/// Users enable the features of `auth-events` by the same names on `auth-runtime`.
#[test]
fn each_feature_of_the_events_is_forwarded_under_its_name() {
    let forwarded = features("auth-runtime");
    for name in features("auth-events").into_keys() {
        let of = forwarded.get(&name).unwrap_or_else(|| panic!("auth-runtime has no feature `{name}`"));
        assert!(of.contains(&format!("\"auth-events/{name}\"")), "`{name}` of auth-runtime is {of}");
    }
}
