//! Checks that each file in `fail/` does not compile, with the output of its `.stderr`.
//!
//! Its twin in `pass/` has the mistake fixed; `twins.rs` compiles it. `README.md` says what to do
//! when a toolchain changes the output.

mod compiler;
mod panics;
mod printed;

use compiler::{Emit, compile};
use printed::root;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The category of mistakes that rustc finds while it generates code: `cargo build` fails, `cargo
/// check` does not.
const CODEGEN: &str = "codegen";

#[test]
fn a_mistake_does_not_compile() {
    let cases = asked_for(|case| !is_of_codegen(case));
    let printed = compile(&cases, Emit::Metadata).into_iter().map(|messages| messages.join("\n"));
    compare(&cases, printed);
}

/// A `.stderr` holds the error alone, because the notes show lines of the standard library.
#[test]
fn a_mistake_that_is_found_when_code_is_generated_does_not_build() {
    let cases = asked_for(is_of_codegen);
    let errors = |messages: Vec<String>| {
        let lines = messages.iter().flat_map(|message| message.lines());
        lines.filter(|line| line.starts_with("error")).flat_map(|line| [line, "\n"]).collect()
    };
    compare(&cases, compile(&cases, Emit::Code).into_iter().map(errors));
}

fn is_of_codegen(case: &Path) -> bool {
    case.parent().is_some_and(|category| category.ends_with(CODEGEN))
}

/// The cases of a kind. `UI_CASE` is a part of their path.
fn asked_for(is_of_the_kind: fn(&Path) -> bool) -> Vec<PathBuf> {
    let part = std::env::var("UI_CASE").unwrap_or_default();
    let mut cases = files("fail", "rs");
    assert!(cases.iter().any(|case| shown(case).contains(&part)), "no case has `{part}` in its path");
    cases.retain(|case| is_of_the_kind(case) && shown(case).contains(&part));
    cases
}

/// Compares what was printed with each `.stderr`. `UI_STDERR=accept` writes it.
fn compare(cases: &[PathBuf], printed: impl Iterator<Item = String>) {
    let mut different = 0;
    for (case, printed) in cases.iter().zip(printed) {
        let stderr = case.with_extension("stderr");
        if std::env::var_os("UI_STDERR").is_some_and(|wish| wish == "accept") {
            fs::write(&stderr, printed).expect("a writable file");
            continue;
        }
        let expected = fs::read_to_string(stderr).unwrap_or_default();
        if printed != expected {
            different += 1;
            println!("== {}\n-- expected\n{expected}\n-- printed\n{printed}", shown(case));
        }
    }
    assert_eq!(different, 0, "cases print something else; `cargo xtask ui-bless` accepts it");
}

fn shown(case: &Path) -> String {
    case.strip_prefix(root()).unwrap_or(case).display().to_string()
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

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let categories = fs::read_dir(root().join(folder)).expect("a folder");
    categories
        .flat_map(|category| fs::read_dir(category.expect("an entry").path()).expect("a folder a category"))
        .map(|file| file.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}
