//! Each attack of the list is tried by a test that has its id in front of its name. A list that is kept beside the tests
//! goes stale; this one is held against them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// All there are: `t` for tokens, `h` for HTTP. The numbers between them belong to nobody.
const IDS: [&str; 70] = [
    "t01", "t02", "t03", "t04", "t05", "t06", "t10", "t11", "t12", "t13", "t14", "t15", "t16", "t17", "t20", "t21",
    "t22", "t23", "t24", "t25", "t26", "t27", "t28", "t29", "t30", "t31", "t32", "t33", "t34", "t35", "t36", "t40",
    "t41", "t42", "t43", "t50", "t51", "t52", "t53", "t54", "h01", "h02", "h03", "h04", "h05", "h06", "h07", "h08",
    "h09", "h10", "h11", "h12", "h13", "h14", "h15", "h16", "h17", "h18", "h19", "h20", "h21", "h22", "h23", "h24",
    "h25", "h26", "h27", "h28", "h29", "h30",
];

/// What a test at run time shows half of, and where the other half is.
const ALSO_ELSEWHERE: [(&str, &str, &str); 3] = [
    ("h18", "../ui-tests/fail/mount/fallback.rs", "a fallback without a decision does not compile"),
    ("h19", "../ui-tests/fail/mount/axum_router_merged.rs", "a route of a router without decisions can't be merged"),
    ("h30", "../ui-tests/fail/proof", "a proof can't be made by hand, so there is none to put into the extensions"),
];

/// Below us, or in front: the test shows that nothing of ours is reached, and there is no event of ours to look at.
const ANSWERED_BELOW: [(&str, &str); 3] = [
    ("h07", "what is no HTTP/1.1 is answered by hyper"),
    ("h20", "a preflight is answered by the CORS layer"),
    ("h26", "what is no HTTP/2 is answered by h2"),
];

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A test, and the file that it stands in.
#[derive(Debug)]
struct Test {
    name: String,
    file: PathBuf,
}

impl Test {
    /// What its name begins with: ids of attacks and incidents, in any order.
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

/// The files of a module and of those below it, as the compiler finds them. A file that no `mod` names is not run, so it
/// covers nothing.
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
    modules(here().join("main.rs"), &mut files);
    let mut tests = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).expect("a file of ours");
        let mut is_test = false;
        for line in source.lines().map(str::trim) {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                is_test = true;
            } else if line.starts_with("#[ignore") {
                panic!("{}: a test that is not run covers nothing", file.display());
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
    assert!(tests.len() > 200, "only {} tests were found: can this still read them?", tests.len());
    let mut covered: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for test in &tests {
        for id in test.ids() {
            assert!(IDS.contains(&id), "{} in {} names {id}, which is no attack", test.name, test.file.display());
            covered.entry(id).or_default().push(&test.name);
        }
    }
    let missing: Vec<_> = IDS.iter().filter(|id| !covered.contains_key(*id)).collect();
    assert!(missing.is_empty(), "no test has these in front of its name: {missing:?}");
}

/// The two that are about time that passes after a proof was made have their own houses.
#[test]
fn attacks_on_what_outlives_a_proof_are_tried_where_that_is_kept() {
    for (id, folder) in [("t50", "revocation"), ("h21", "streams"), ("h22", "streams")] {
        let there = tests().iter().any(|test| test.ids().contains(&id) && test.file.starts_with(here().join(folder)));
        assert!(there, "no test of {id} in {folder}");
    }
}

#[test]
fn what_is_shown_elsewhere_is_still_there() {
    for (id, path, what) in ALSO_ELSEWHERE {
        assert!(IDS.contains(&id) && here().join(path).exists(), "{id}, {what}: {path} is gone");
    }
    for (id, what) in ANSWERED_BELOW {
        assert!(IDS.contains(&id), "{id}: {what}");
    }
}

#[test]
fn a_name_is_read_up_to_its_first_word() {
    let ids = |name: &str| {
        let test = Test { name: name.to_owned(), file: PathBuf::new() };
        test.ids().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(ids("t12_t13_inc_48_a_token_does_not_t14_bring"), ["t12", "t13"]);
    assert_eq!(ids("inc_09_h01_without"), ["h01"]);
    assert!(ids("rfc_7515_a_1_to_a_3_verify").is_empty() && ids("then_t01").is_empty() && ids("t1_x").is_empty());
}
