//! Compares the compile error in the README with the one that the compiler prints.

use std::fs;
use std::path::Path;

/// Compares the README's service without `#[authenticated]` with `fail/mount/forgotten.rs`.
///
/// Paths, line numbers and source lines differ. The title, the label and the remedy must not.
#[test]
fn readme_shows_the_mistake_and_the_compile_error_as_they_are() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(here.join(path)).expect(path);
    let readme = read("../README.md");
    let shown = readme.split("```text\n").nth(1).and_then(|rest| rest.split("\n```").next()).expect("a block");
    let printed = read("fail/mount/forgotten.stderr");

    let title = shown.lines().next().expect("a title");
    assert!(printed.starts_with(&format!("{title}\n")), "the title is not that of fail/mount/forgotten.stderr");
    let label = shown.split_once("^ ").and_then(|(_, rest)| rest.lines().next()).expect("a label");
    assert!(printed.contains(&format!("^ {label}\n")), "the label is not that of fail/mount/forgotten.stderr");
    let note = shown.split_once("= note: ").map(|(_, rest)| rest).expect("a note");
    assert!(printed.contains(&format!("= note: {note}\n")), "the note is not that of fail/mount/forgotten.stderr");
    assert!(note.contains("#[authenticated]"), "the remedy is not shown");

    // The source line is from the README. Its handler without the attribute is that of the case.
    let mount = shown.split_once("|     ").and_then(|(_, rest)| rest.lines().next()).expect("a source line");
    assert!(readme.matches(mount).count() > 1, "the README's service does not hold `{mount}`");
    let handler =
        readme.split("#[authenticated]\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a handler");
    let program = read("fail/mount/forgotten.rs");
    assert!(program.contains(handler), "the README's handler is not that of fail/mount/forgotten.rs");
    assert!(!program.contains("#[authenticated]"), "the case has the attribute");
    assert!(program.contains("get(list)") && mount.contains("get(list)"), "the handlers are mounted in different ways");
}
