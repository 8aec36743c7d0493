//! Checks that each file in `fail/` does not compile, with the output of its `.stderr`.
//!
//! Its twin in `pass/` has the mistake fixed; `twins.rs` compiles it. `README.md` says what to do
//! when a toolchain changes the output.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn a_mistake_does_not_compile() {
    let cases = trybuild::TestCases::new();
    for category in fs::read_dir(root().join("fail")).expect("a folder") {
        let category = category.expect("an entry").path();
        if !category.ends_with(CODEGEN) {
            // Relative, because trybuild hides the line numbers of a case with an absolute path.
            cases.compile_fail(category.strip_prefix(root()).expect("a folder in here").join("*.rs"));
        }
    }
}

/// The category of mistakes that rustc finds while it generates code: `cargo build` fails, `cargo
/// check` does not.
const CODEGEN: &str = "codegen";

/// Each case is an example of this package. With trybuild, every dependency would be built once
/// more. A `.stderr` holds the error alone, because the notes show lines of the standard library.
#[test]
fn a_mistake_that_is_found_when_code_is_generated_does_not_build() {
    let program = std::env::current_exe().expect("the path of this program");
    // `<target>/<profile>/deps/<program>`
    let target = program.ancestors().nth(3).expect("a target folder");
    let cases = files("fail", "rs").into_iter().filter(|case| case.parent().is_some_and(|of| of.ends_with(CODEGEN)));
    for case in cases {
        let name = case.file_stem().expect("a name").to_str().expect("UTF-8");
        // The same selection of packages and therefore of features as `cargo test --workspace`.
        let build = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "--workspace", "--features", "ui-tests/codegen", "--example", name])
            .arg("--target-dir")
            .arg(target)
            .current_dir(root())
            .output()
            .expect("cargo");
        let printed = String::from_utf8_lossy(&build.stderr);
        let errors = printed.lines().filter(|line| line.starts_with("error") && !line.contains("could not compile"));
        let errors: String = errors.flat_map(|line| [line, "\n"]).collect();
        assert!(!build.status.success(), "{name} builds");
        let expected = case.with_extension("stderr");
        if std::env::var_os("TRYBUILD").is_some_and(|wish| wish == "overwrite") {
            fs::write(&expected, &errors).expect("a writable file");
        }
        assert_eq!(errors, fs::read_to_string(expected).expect("a readable file"), "{printed}");
    }
}

/// A case that shows several mistakes marks each of them.
#[test]
fn a_mistake_has_exactly_one_error() {
    for case in files("fail", "stderr") {
        let printed = fs::read_to_string(&case).expect("a readable file");
        let source = fs::read_to_string(case.with_extension("rs")).expect("its case");
        let mistakes = source.matches("// a mistake").count().max(1);
        let errors = printed.lines().filter(|line| line.starts_with("error")).count();
        assert_eq!(errors, mistakes, "{} holds {errors} errors; one mistake, one error", case.display());
    }
}

/// The attribute and the gate have the same limit, which both messages state.
#[test]
fn the_gate_and_the_attribute_state_the_same_number_of_parameters() {
    let printed = |case| fs::read_to_string(root().join("fail").join(case)).expect("a readable file");
    let (attribute, mount) =
        (printed("attribute/too_many_parameters.stderr"), printed("mount/too_many_parameters.stderr"));
    let limit = attribute.split_once("at most ").and_then(|(_, rest)| rest.split_once(';')).expect("the limit").0;
    assert!(mount.contains(&format!("of 1 to {limit} parameters")), "the attribute says {limit}, and the gate {mount}");
}

#[test]
fn a_mistake_has_a_twin_and_a_reason() {
    let names = |folder| -> BTreeSet<_> {
        files(folder, "rs")
            .iter()
            .filter_map(|path| path.strip_prefix(root().join(folder)).map(Path::to_owned).ok())
            .collect()
    };
    assert_eq!(names("fail"), names("pass"));
    assert!(names("fail").len() > 80, "the cases were not found");
    for case in files("fail", "rs") {
        let source = fs::read_to_string(&case).expect("a readable file");
        assert!(source.starts_with("// "), "{} has no first comment: say what is rejected, and why", case.display());
        assert!(case.with_extension("stderr").exists(), "{} has no .stderr", case.display());
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let categories = fs::read_dir(root().join(folder)).expect("a folder");
    categories
        .flat_map(|category| fs::read_dir(category.expect("an entry").path()).expect("a folder a category"))
        .map(|file| file.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}
