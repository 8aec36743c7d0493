//! The README's first screen is what the compiler really says.

use std::fs;
use std::path::Path;

#[test]
fn the_readme_shows_the_mistake_and_the_compilers_answer_as_they_are() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(here.join(path)).expect(path);
    let readme = read("../README.md");
    let block = |language: &str| {
        let start = readme.find(&format!("```{language}\n")).expect("a block") + language.len() + 4;
        let end = start + readme[start..].find("\n```").expect("its end");
        readme[start..end].to_owned()
    };

    let program = read("fail/mount/forgotten.rs");
    assert!(program.contains(&block("rust")), "the README's program is not that of fail/mount/forgotten.rs");

    let printed = read("fail/mount/forgotten.stderr");
    let shown = block("text");
    assert!(printed.starts_with(&shown), "the README's message is not that of fail/mount/forgotten.stderr");
    assert!(shown.contains("#[authenticated]"), "the remedy is not shown");
}
