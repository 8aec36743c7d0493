//! Checks that each attack of the list has a test with its id at the start of the name.
//!
//! Without this check the list would go stale.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The ids of all attacks: `t` for tokens, `h` for HTTP. The numbers between them are not used.
const IDS: [&str; 70] = [
    "t01", "t02", "t03", "t04", "t05", "t06", "t10", "t11", "t12", "t13", "t14", "t15", "t16", "t17", "t20", "t21",
    "t22", "t23", "t24", "t25", "t26", "t27", "t28", "t29", "t30", "t31", "t32", "t33", "t34", "t35", "t36", "t40",
    "t41", "t42", "t43", "t50", "t51", "t52", "t53", "t54", "h01", "h02", "h03", "h04", "h05", "h06", "h07", "h08",
    "h09", "h10", "h11", "h12", "h13", "h14", "h15", "h16", "h17", "h18", "h19", "h20", "h21", "h22", "h23", "h24",
    "h25", "h26", "h27", "h28", "h29", "h30",
];

/// Attacks that a test at run time covers in part, and the place of the other part.
const COVERED_IN_PART: [(&str, &str, &str); 3] = [
    ("h18", "../ui-tests/fail/mount/fallback.rs", "a fallback without a decision does not compile"),
    ("h19", "../ui-tests/fail/mount/axum_router_merged.rs", "a plain axum router cannot be merged"),
    ("h30", "../ui-tests/fail/proof", "a proof cannot be made by hand, so no code can put one into the extensions"),
];

/// Attacks that end below or in front of the gate. The test shows that no handler runs; no event is
/// made.
const ANSWERED_BELOW: [(&str, &str); 3] = [
    ("h07", "hyper responds to invalid HTTP/1.1"),
    ("h20", "the CORS layer responds to a preflight"),
    ("h26", "h2 responds to invalid HTTP/2"),
];

fn tests_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A test and its file.
#[derive(Debug)]
struct Test {
    name: String,
    file: PathBuf,
}

impl Test {
    /// The ids at the start of its name: of attacks and incidents, in any order.
    fn ids(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        let mut words = self.name.split('_').peekable();
        while let Some(word) = words.next() {
            let numbered = |word: &str| word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_digit());
            match word.split_at_checked(1) {
                Some(("t" | "h", number)) if numbered(number) => ids.push(word),
                _ if word == "inc" && words.next_if(|number| numbered(number)).is_some() => {}
                _ => break,
            }
        }
        ids
    }
}

/// Finds the files of a module and of those below it, as the compiler does. A file without a `mod`
/// is not compiled, so it covers no attack.
fn modules(file: PathBuf, found: &mut Vec<PathBuf>) {
    let source = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let named = |line: &str| line.strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned);
    let folder = match file.file_stem().and_then(|stem| stem.to_str()) {
        Some("main" | "mod") => file.with_file_name(""),
        _ => file.with_extension(""),
    };
    for name in source.lines().filter_map(named) {
        let (alone, with_others) = (folder.join(format!("{name}.rs")), folder.join(&name).join("mod.rs"));
        modules(if alone.exists() { alone } else { with_others }, found);
    }
    found.push(file);
}

fn tests() -> Vec<Test> {
    let mut files = Vec::new();
    modules(tests_folder().join("main.rs"), &mut files);
    let mut tests = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).expect("a readable file");
        let mut is_test = false;
        for line in source.lines().map(str::trim) {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                is_test = true;
            } else if line.starts_with("#[ignore") {
                panic!("{}: an ignored test covers no attack", file.display());
            } else if let Some(rest) = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn ")) {
                let name = rest.split(['(', '<']).next().unwrap_or_default().to_owned();
                if is_test {
                    tests.push(Test { name, file: file.clone() });
                }
                is_test = false;
            }
        }
    }
    tests
}

#[test]
fn each_attack_of_the_list_has_a_test() {
    let tests = tests();
    assert!(tests.len() > 200, "only {} tests were found: update how this test finds them", tests.len());
    let mut covered: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for test in &tests {
        for id in test.ids() {
            assert!(IDS.contains(&id), "{} in {} names {id}, which is not in `IDS`", test.name, test.file.display());
            covered.entry(id).or_default().push(&test.name);
        }
    }
    let missing: Vec<_> = IDS.iter().filter(|id| !covered.contains_key(*id)).collect();
    assert!(missing.is_empty(), "attacks without a test: {missing:?}");
}

/// The two attacks on proofs that outlive their time have folders of their own.
#[test]
fn attacks_on_streams_and_revocation_are_in_their_folders() {
    for (id, folder) in [("t50", "revocation"), ("h21", "streams"), ("h22", "streams")] {
        let there =
            tests().iter().any(|test| test.ids().contains(&id) && test.file.starts_with(tests_folder().join(folder)));
        assert!(there, "no test of {id} in {folder}");
    }
}

#[test]
fn files_that_cover_an_attack_in_part_exist() {
    for (id, path, what) in COVERED_IN_PART {
        assert!(IDS.contains(&id) && tests_folder().join(path).exists(), "{id}, {what}: {path} does not exist");
    }
    for (id, what) in ANSWERED_BELOW {
        assert!(IDS.contains(&id), "{id}: {what}");
    }
}

#[test]
fn ids_of_a_test_end_at_the_first_word_of_its_name() {
    let ids = |name: &str| {
        let test = Test { name: name.to_owned(), file: PathBuf::new() };
        test.ids().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(ids("t12_t13_inc_48_a_token_does_not_t14_bring"), ["t12", "t13"]);
    assert_eq!(ids("inc_09_h01_without"), ["h01"]);
    assert!(ids("rfc_7515_a_1_to_a_3_verify").is_empty() && ids("then_t01").is_empty() && ids("t1_x").is_empty());
}
