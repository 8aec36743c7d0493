//! Each family of broken services has a correct twin, which passes the whole default set.
//!
//! A test that sends some attacks only cannot show that the others find nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Families whose services are the correct service with one branch more. Their twin is that of
/// `ignored_results`.
const OF_THE_CORRECT_SERVICE: [&str; 6] = ["absence", "answers", "branches", "keys", "routes", "variants"];

/// Families whose twin has no route for tokens, so that few attacks apply to it. Its test sends
/// them all.
const WITHOUT_TOKENS: [&str; 3] = ["api_keys", "first_run", "log_outs"];

/// Modules without broken services.
const OTHERS: [&str; 3] = ["hook", "support", "twins"];

#[test]
fn each_family_has_a_twin_that_passes_the_default_set() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let read = |name: &str| fs::read_to_string(folder.join(name).with_extension("rs")).expect("a file of this program");
    let main = read("main");
    let families: BTreeSet<&str> =
        main.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    for other in OTHERS.iter().chain(&OF_THE_CORRECT_SERVICE).chain(&WITHOUT_TOKENS) {
        assert!(families.contains(other), "`{other}` is listed, and is not a module");
    }
    let has_twin = |family: &&&str| read(family).contains("    assert_twin_passes(");
    let without: Vec<_> = families
        .iter()
        .filter(|family| !OTHERS.contains(family) && !OF_THE_CORRECT_SERVICE.contains(family))
        .filter(|family| !has_twin(family) && !WITHOUT_TOKENS.contains(family))
        .collect();
    assert_eq!(without, [&""; 0], "families without `assert_twin_passes` of their correct twin");
}
